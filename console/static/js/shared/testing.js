// @ts-check
// The bar of a test push: the siren for a moment, now and again, until somebody here says that it was heard.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { post } from "./api.js";
import { test } from "./siren.js";
import { sayError } from "./toast.js";

const EVERY_MS = 15000;

/** @param {{ tests: PageTest[], on: boolean }} props */
export function TestBar({ tests, on }) {
  const [reported, setReported] = useState(/** @type {Set<number>} */ (new Set()));
  const open = tests.filter((push) => !reported.has(push.id));
  const ids = open.map((push) => push.id).join();
  useEffect(() => {
    if (!ids || !on) return undefined;
    test();
    const timer = setInterval(test, EVERY_MS);
    return () => clearInterval(timer);
  }, [ids, on]);
  if (!ids) return null;
  const heard = async () => {
    try {
      for (const push of open) await post(`/api/page-tests/${push.id}/heard`);
      setReported(new Set([...reported, ...open.map((push) => push.id)]));
    } catch (error) { sayError(error); }
  };
  return html`<div class="bar calm test-push" role="status"><p>UJI COBA 112, bukan laporan sungguhan. ${on
    ? "Sirene terdengar di sini?" : "Hidupkan suara dulu."}</p>
    <button type="button" class="button slim" disabled=${!on} onClick=${heard}>Terdengar</button></div>`;
}
