// @ts-check
// The figures of screening as people read them; each definition stands in docs/screening.md.
import { html } from "../../vendor/preact-htm.js";
import { LANES } from "../shared/words.js";

/**
 * @param {number} value
 * @param {number} [digits]
 */
const decimal = (value, digits = 1) => value.toLocaleString("id-ID",
  { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
/** @param {number | null} share */
const percent = (share) => (share === null ? "–" : `${decimal(share * 100, share > 0 && share < 0.1 ? 1 : 0)}\u00a0%`);
/** @param {number | null} value */
const seconds = (value) => (value === null ? "–" : `${decimal(value)}\u00a0s`);

/**
 * «3 %», and in small «2 dari 64, 95 %: 1–11 %»
 * @param {{ of: ShareOf, label: string, help: string | undefined }} props
 */
export function Share({ of, label, help }) {
  return html`<div class="figure" title=${help}><div class="value num">${percent(of.share)}</div>
    <div><div>${label}</div>
    <div class="small muted">${of.n ? `${of.k} dari ${of.n} · 95 %: ${percent(of.low)} sampai ${percent(of.high)}`
      : "belum ada yang dinilai"}</div></div></div>`;
}

/** @param {{ figures: ScreeningFigures }} props */
export function Figures({ figures }) {
  const low = figures.low_trust;
  return html`
    <${Share} of=${figures.pranks_that_rang} label="prank sampai berdering di operator"
      help="Dari semua panggilan yang dinilai prank atau hening, atau tidak dinilai dan tanpa tanda ada orang" />
    <${Share} of=${figures.genuine_lost} label="penelepon asli tidak terlayani"
      help="Dinilai asli, tetapi tidak bicara dengan operator dan tidak meninggalkan pesan" />
    <p class="small muted">${figures.judged} dari ${figures.calls} panggilan dinilai${figures.unjudged_unreached
      ? `; ${figures.unjudged_unreached} tidak terlayani dan belum dinilai` : ""}.
      ${low.calls ? html` Diragukan ${low.calls}, ${low.sampled} di antaranya contoh${estimate(low)}.` : ""}</p>
    <${Waits} times=${figures.times} />`;
}

/** @param {LowTrust} props */
const estimate = ({ about, about_low: least, about_high: most }) => (about === null ? ""
  : `: kira-kira ${decimal(about, 0)} asli (${decimal(least ?? about, 0)} sampai ${decimal(most ?? about, 0)})`);

/**
 * The times until an operator answered, by lane: our prompts included.
 * @param {{ times: ScreeningFigures["times"] }} props
 */
export function Waits({ times }) {
  const rows = Object.entries(times).filter(([, wait]) => wait.to_talk.n || wait.to_ring.n);
  if (!rows.length) return null;
  return html`<div class="wide"><table class="figures"><caption class="hide">Waktu sampai operator menjawab</caption>
    <thead><tr><th scope="col">Sampai dijawab</th><th scope="col">p50</th><th scope="col">p90</th>
      <th scope="col" class="roomy">p95</th><th scope="col">≤ 15 s</th><th scope="col">≤ 20 s</th></tr></thead>
    <tbody>${rows.map(([lane, wait]) => html`<tr><th scope="row">${LANES[lane]
      || "Semua"} <span class="muted" title="panggilan yang dijawab">${wait.to_talk.n}</span></th>
      <td>${seconds(wait.to_talk.p50)}</td><td>${seconds(wait.to_talk.p90)}</td>
        <td class="roomy">${seconds(wait.to_talk.p95)}</td>
      <td>${percent(wait.to_talk.within_15)}</td><td>${percent(wait.to_talk.within_20)}</td></tr>`)}</tbody></table>
        </div>`;
}

export { decimal, percent, seconds };
