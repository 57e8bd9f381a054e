// @ts-check
// On the wall: emergencies that nobody has sent, and callers with an emergency who wait, each seen and heard.
import { html, useEffect } from "../../vendor/preact-htm.js";
import { calm, flash } from "../shared/attention.js";
import { Card } from "../shared/card.js";
import { More, useMore } from "../shared/more.js";
import { warn } from "../shared/siren.js";
import { nameOf } from "../shared/people.js";
import { Since, now, useSecond } from "../shared/time.js";
import { concerning, named, useTone } from "../cases/unsent.js";
import { SIGNS, place } from "../shared/words.js";

const LONG_MS = 20000; // from here on a caller with an emergency waits too long
const AGAIN_MS = 15000;

/** @param {{ data: OverviewSnapshot, reference: Reference, sounds: boolean }} props */
export function UnsentBars({ data, reference, sounds }) {
  useSecond();
  const { unsent, queue } = data;
  const rows = concerning(unsent.rows, null);
  useTone(rows, !sounds);
  const long = queue.oldest !== null && now() - Date.parse(queue.oldest) >= LONG_MS;
  useWaiting(long ? queue.urgent : 0, sounds);
  return html`
    ${unsent.count > 0 && html`<div class=${`bar ${rows.length ? "bad" : "warn"} unsent`}
      role=${rows.length ? "alert" : "status"} data-of="unsent" data-state=${unsent.rows[0].number}>
      <p>${unsent.count} DARURAT ${unsent.rows[0].agencies ? "DIKEMBALIKAN OPD, BELUM DITERUSKAN"
        : "BELUM DIKIRIM"}, terlama <${Since} at=${unsent.oldest} />:
        ${" "}${named(unsent.rows[0], reference)}${unsent.count > 1 ? ", …" : ""}. Telepon meja operator.</p>
      <a class="button slim" href=${`/tiket/${unsent.rows[0].number}`}>Buka tiket</a></div>`}
    ${long && html`<div class="bar bad waits" role="alert">
      <p>${queue.urgent} penelepon darurat menunggu dijawab, terlama <${Since} at=${queue.oldest} />.</p></div>`}`;
}

/**
 * @param {number} count
 * @param {boolean} sounds
 */
function useWaiting(count, sounds) {
  useEffect(() => {
    if (!count) return;
    document.body.dataset.waits = String(count);
    flash(`● ${count} DARURAT MENUNGGU`, "waits");
    return () => { calm("waits"); document.body.dataset.waits = ""; };
  }, [count]);
  useEffect(() => {
    if (!count || !sounds) return;
    warn();
    const timer = setInterval(warn, AGAIN_MS);
    return () => clearInterval(timer);
  }, [count > 0, sounds]);
}

/** @param {{ unsent: Unsent, reference: Reference }} props */
export function UnsentList({ unsent, reference }) {
  const { count } = unsent;
  const [rows, more] = useMore(unsent.rows, count > unsent.rows.length ? unsent.rows.length : null,
    (offset) => `/api/wall/unsent?offset=${offset}`, (row) => row.number);
  if (!rows.length) return null;
  return html`<${Card} title="Darurat belum dikirim" count=${count} hot
    foot=${html`<${More} more=${more} count=${count} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.number} class="ticket-row late"><div class="main">
      <a href=${`/tiket/${row.number}`}><strong>${named(row, reference)}</strong></a>
      <div class="small muted">${SIGNS[row.sign] || row.sign}${row.operator
        ? ` · ${nameOf(reference, row.operator)}` : ""} · ${place(row) || row.number}</div></div>
      <div class="age"><${Since} at=${row.since} /></div></li>`)}
  <//>`;
}
