// @ts-check
// A supervisor's phone on an operator's talk: listen, whisper to the operator, join; shown where that phone is
// registered.
import { html } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Ask } from "../shared/card.js";
import { sayError } from "../shared/toast.js";
import { HEARS } from "../shared/words.js";

/** @type {[string, string, string][]} */
const MODES = [["listen", "Dengar", "Tidak ada yang mendengar Anda"],
  ["whisper", "Bisik", "Hanya operator yang mendengar Anda"],
  ["join", "Gabung", "Penelepon dan operator mendengar Anda"]];
const { user, role } = document.body.dataset;

/** @param {{ row: Call, data: OverviewSnapshot }} props */
export function Supervise({ row, data }) {
  const mine = data.listening.find((listener) => listener.user === user);
  const others = data.listening.filter((listener) => listener.call === row.id && listener.user !== user
    && listener.hears);
  /** @param {string} mode */
  const ask = (mode) => post(`/api/calls/${encodeURIComponent(row.id)}/listen`, { mode });
  if (mine?.call === row.id) return html`<${Modes} mine=${mine} ask=${ask} />`;
  const may = role === "command" && row.stage === "talking" && data.phones.includes(user);
  return html`${others.map((listener) =>
    html`<span class="chip info">${listener.display} ${HEARS[listener.mode]}</span>`)}
    ${may && html`<${Ask} label="Dengar" run=${() => ask("listen")} />`}`;
}

/** @param {{ mine: Listener, ask: (mode: string) => Promise<unknown> }} props */
function Modes({ mine, ask }) {
  /** @param {string} mode */
  const choose = (mode) => () => ask(mode).catch(sayError);
  return html`<div class="modes" role="group" aria-label="Cara mendengar">
    ${MODES.map(([mode, label, hint]) =>
      html`<button type="button" class="button slim" title=${hint} aria-pressed=${mine.mode === mode ? "true" : "false"}
        onClick=${choose(mode)}>${label}</button>`)}
    <${Ask} label="Selesai" run=${() => post("/api/listen/done")} />
    <p class="small" role="status">${mine.hears ? `${MODES.find(([mode]) => mode === mine.mode)?.[2]}.`
      : "Angkat telepon Anda."}</p></div>`;
}
