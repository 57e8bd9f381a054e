// @ts-check
// What somebody above an agency may do, and who of them has said to deal with it.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { calm, flash } from "../shared/attention.js";
import { armed, startSiren, stopSiren } from "../shared/siren.js";
import { moment, now, useSecond } from "../shared/time.js";
import { sayError } from "../shared/toast.js";
import { phone } from "../shared/words.js";

/**
 * Those who deal with an assignment now.
 * @param {Known[]} known
 * @param {number} assignment
 */
export const knowing = (known, assignment) => known.filter((row) => row.assignment === assignment
  && Date.parse(row.ends_at) > now());

/** @param {{ rows: Known[], reference: Reference }} props */
export function KnownBy({ rows, reference }) {
  return rows.map((row) => html`<span key=${row.contact} class="chip info">${reference.contacts[row.contact]
    || row.contact} tahu, sampai ${moment(row.ends_at)}</span>`);
}

/**
 * The button of a contact above the agency, quiet for that contact alone.
 * @param {{ assignment: number, label?: string, wide?: boolean }} props
 */
export function KnowButton({ assignment, label = "Saya tahu, saya tangani", wide = false }) {
  const [busy, setBusy] = useState(false);
  const know = async () => {
    setBusy(true);
    try { await post(`/api/assignments/${assignment}/known`, {}); } catch (error) { sayError(error); }
    setBusy(false);
  };
  return html`<button type="button" class=${wide ? "button" : "button slim"} disabled=${busy}
    onClick=${know}>${label}</button>`;
}

/**
 * Pushes to a contact above sound here until the agency answers, but for those that it has said to know.
 * @param {number[]} ids
 */
export function useEscalated(ids) {
  useSecond();
  useEffect(() => {
    if (!ids.length) { stopSiren(); calm(); return; }
    startSiren();
    flash(`● ${ids.length} BELUM DIJAWAB`);
  }, [ids.join(), armed()]);
}

/** @param {{ opd: string, reference: Reference }} props */
export function Phones({ opd, reference }) {
  const phones = reference.opds.find(({ code }) => code === opd)?.phones || [];
  return phones.map(({ title, number }) => html`<a key=${number} class="button slim" href=${`tel:${number}`}>
    ☎ ${title} ${phone(number)}</a>`);
}
