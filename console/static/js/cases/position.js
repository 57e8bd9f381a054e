// @ts-check
// Where the incident is: the position that counts, with radius and source. Another is pasted, a wrong one taken out.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { Act } from "../shared/act.js";
import { moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";

/**
 * `geo:` on a telephone, the map of the web elsewhere.
 * @param {{ at: { lat: number, lon: number } }} props
 */
export function MapLink({ at: { lat, lon } }) {
  const phone = matchMedia("(pointer: coarse)").matches;
  const href = phone ? `geo:${lat},${lon}?q=${lat},${lon}`
    : `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`;
  return html`<a class="button slim quiet" href=${href} target="_blank" rel="noopener noreferrer">Peta ↗</a>`;
}

/**
 * Keeps a position of a ticket: a pasted text, or a place of the gazetteer.
 * @param {string} number
 * @param {{ text: string } | { kecamatan: string, desa: string, name: string }} body
 * @returns {Promise<StandingPosition | null>}
 */
export const addPosition = async (number, body) => (await post(`/api/tickets/${number}/positions`, body)).position;

/**
 * The line beneath the fields of the form; it reads anew whenever `stamp` is another one.
 * @param {{ number: string, stamp: string, ended: boolean }} props
 */
export function PositionLine({ number, stamp, ended }) {
  const [position, setPosition] = useState(/** @type {StandingPosition | null} */ (null));
  useEffect(() => {
    let late = false;
    get(`/api/tickets/${number}/positions`).then((answer) => late || setPosition(answer.position), () => {});
    return () => { late = true; };
  }, [number, stamp]);
  if (ended && !position) return null;
  return html`<div class="position">
    ${position ? html`<${Standing} position=${position} />` : html`<span class="muted">Belum ada titik</span>`}
    ${!ended && html`<${Changing} number=${number} position=${position} done=${setPosition} />`}</div>`;
}

/** @param {{ position: StandingPosition }} props */
function Standing({ position }) {
  return html`<span role="status"><strong>${position.words}</strong>${position.note && html`
    <span class="chip wait">${position.note}</span>`}</span><${MapLink} at=${position} />`;
}

/**
 * @param {{
 *   number: string, position: StandingPosition | null, done: (position: StandingPosition | null) => void
 * }} props
 */
function Changing({ number, position, done }) {
  const remove = async () => {
    if (!position) return;
    try {
      done((await post(`/api/tickets/${number}/positions/${position.id}/withdraw`, {})).position);
      say(`Titik dihapus: ${position.words}.`);
    } catch (error) { sayError(error); }
  };
  return html`<${Act} label="Tempel titik…" ask="Titik, tautan peta, atau Plus Code"
      run=${async (/** @type {string} */ text) => done(await addPosition(number, { text }))} />
    ${position && position.kind !== "desa" && position.kind !== "network"
      && html`<button type="button" class="button slim quiet" onClick=${remove}>Hapus titik</button>`}`;
}

/**
 * All positions of a ticket on its page: the one that counts first, and why.
 * @param {{ position: StandingPosition | null, rows: KeptPosition[] }} props
 */
export function Positions({ position, rows }) {
  if (!rows.length) return null;
  return html`<div class="field"><span class="label">Posisi</span>
    <div class="position">${position ? html`<${Standing} position=${position} />
      <span class="small muted">${position.why}</span>` : html`<span class="muted">tidak ada yang berlaku</span>`}</div>
    ${rows.length > 1 && html`<details class="more"><summary>${rows.length} posisi</summary><ul class="positions">
      ${rows.map((row) => html`<li key=${row.id} class=${row.withdrawn_at ? "muted" : ""}>${row.words}
        <span class="small muted"> · ${moment(row.at)}, ${row.by}${row.withdrawn_at ? " · dihapus" : ""}</span></li>`)}
      </ul></details>`}</div>`;
}
