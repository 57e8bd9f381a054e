// @ts-check
// The report on screening, day by day, and the calls that still wait for a verdict.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { Figures, Share, percent, seconds } from "../wall/figures.js";
import { More, useMore } from "../shared/more.js";
import { start } from "../shared/shell.js";
import { steadyFingers } from "../shared/fingers.js";
import { nameOf } from "../shared/people.js";
import { moment, now } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { undoTicket } from "../cases/undo.js";
import { VerdictButtons } from "../desk/verdict.js";
import { LANES, OUTCOMES, VERDICTS, laneTone, phone } from "../shared/words.js";

/** @typedef {{ from: string, to: string }} Period Days as YYYY-MM-DD, both counted in. */

const { zone } = document.body.dataset;
const DAY_MS = 86400000;
/** @param {number} at */
const iso = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at);
/** @param {string} day */
const dayName = (day) => new Intl.DateTimeFormat("id-ID",
  { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));

/** @param {{ data: ScreeningSnapshot, reference: Reference }} props */
function Screening({ data, reference }) {
  const [period, setPeriod] = useState(() => ({ from: iso(now() - 6 * DAY_MS), to: iso(now()) }));
  const report = useReport(period, data.today);
  return html`<main class="report-page">
    <div class="stack">
      <section class="card"><header><h2>Hari ini</h2></header>
        <div class="pad"><${Figures} figures=${data.today} /></div></section>
      <${Unjudged} unjudged=${data.unjudged} reference=${reference} />
    </div>
    <section class="card"><header><h2>Laporan</h2><${Period} period=${period} set=${setPeriod} /></header>
      ${report ? html`<${Report} report=${report} />` : html`<p class="none">Memuat…</p>`}
    </section>
  </main>`;
}

/**
 * Asked anew when the period changes, and when today's figures have moved.
 * @param {Period} period
 * @param {ScreeningFigures} today
 */
function useReport(period, today) {
  const [report, setReport] = useState(/** @type {ScreeningReport | null} */ (null));
  useEffect(() => {
    let late = false;
    get(`/api/report/screening?${new URLSearchParams(period)}`).then((answer) => late || setReport(answer), sayError);
    return () => { late = true; };
  }, [period.from, period.to, JSON.stringify(today)]);
  return report;
}

/** @param {{ period: Period, set: (period: Period) => void }} props */
function Period({ period, set }) {
  /**
   * @param {"from" | "to"} name
   * @param {string} label
   */
  const field = (name, label) => html`<label class="day">${label}
    <input type="date" value=${period[name]} max=${iso(now())}
      onChange=${(event) => event.target.value && set({ ...period, [name]: event.target.value })} /></label>`;
  return html`<div class="period">${field("from", "dari")}${field("to", "sampai")}</div>`;
}

/** @param {{ report: ScreeningReport }} props */
function Report({ report }) {
  const { total } = report;
  return html`<div class="pad">
    <div class="shares">
      <${Share} of=${total.pranks_that_rang} label="prank sampai berdering di operator" />
      <${Share} of=${total.rung_by_pranks} label="dari yang berdering ternyata prank"
        help="Dari panggilan yang berdering di operator dan dinilai" />
      <${Share} of=${total.genuine_lost} label="penelepon asli tidak terlayani" />
      <${Share} of=${total.low_trust.genuine} label="asli di antara contoh yang diragukan"
        help="Satu dari beberapa panggilan yang diragukan dilayani tanpa tantangan; inilah bagian yang ternyata asli" />
    </div>
    <div class="wide"><table class="figures">
      <thead><tr><th scope="col">Hari</th><th scope="col">Panggilan</th><th scope="col" class="roomy">Dinilai</th>
        <th scope="col">Prank berdering</th>
        <th scope="col">Asli tak terlayani</th><th scope="col" class="roomy">p50</th>
          <th scope="col" class="roomy">p90</th><th scope="col" class="roomy">≤ 15 s</th>
          <th scope="col" class="roomy">≤ 20 s</th></tr></thead>
      <tbody>${[...report.days].reverse()
        .map((day) => html`<tr><th scope="row">${dayName(day.day)}</th><td>${day.calls}</td>
          <td class="roomy">${day.judged}</td>
        <td>${of(day.pranks_that_rang)}</td><td>${of(day.genuine_lost)}</td>
          <td class="roomy">${seconds(day.times.all.to_talk.p50)}</td>
          <td class="roomy">${seconds(day.times.all.to_talk.p90)}</td>
        <td class="roomy">${percent(day.times.all.to_talk.within_15)}</td>
          <td class="roomy">${percent(day.times.all.to_talk.within_20)}</td></tr>`)}</tbody></table></div>
    <${Counts} counts=${total.counts} />
  </div>`;
}

/** @param {ShareOf} share */
const of = (share) => (share.n ? `${share.k} / ${share.n}` : "–");

/** @param {{ counts: Record<string, Record<string, number>> }} props */
function Counts({ counts }) {
  const words = [...Object.keys(VERDICTS), "none"];
  return html`<div class="wide"><table class="figures lanes">
    <thead><tr><th scope="col">Jalur</th>${words.map((word) =>
    html`<th scope="col">${VERDICTS[word] || "belum"}</th>`)}</tr></thead>
    <tbody>${Object.entries(counts).map(([lane, row]) =>
      html`<tr><th scope="row">${LANES[lane]
      || "sebelum antrean"}</th>${words.map((word) => html`<td>${row[word] || "–"}</td>`)}</tr>`)}</tbody></table>
      </div>`;
}

/** @param {{ unjudged: { count: number, rows: UnjudgedCall[] }, reference: Reference }} props */
function Unjudged({ unjudged: { count, rows: first }, reference }) {
  const [rows, more] = useMore(first, count > first.length ? first.length : null,
    (offset) => `/api/unjudged?offset=${offset}`, (row) => row.id);
  return html`<section class="card"><header><h2>Belum dinilai</h2><span class="count">${count}</span></header>
    ${count ? html`<ul class="rows">
      ${rows.map((row) => html`<${Call} key=${row.id} row=${row} reference=${reference} />`)}</ul>`
      : html`<p class="none">Semua panggilan tujuh hari terakhir sudah dinilai.</p>`}
    <${More} more=${more} count=${count} shown=${rows.length} />
  </section>`;
}

/** @param {{ row: UnjudgedCall, reference: Reference }} props */
function Call({ row, reference }) {
  const [busy, setBusy] = useState(false);
  /** @param {string} kind */
  const judge = async (kind) => {
    setBusy(true);
    try {
      await post(`/api/tickets/${encodeURIComponent(row.ticket)}/verdict`, { kind });
      say(`${phone(row.display)} dinilai ${VERDICTS[kind]}.`, undoTicket(row.ticket, "verdict"));
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  const category = reference.categories.find(({ code }) => code === row.category)?.name;
  const about = [category, OUTCOMES[row.outcome] || row.outcome, row.operator && nameOf(reference, row.operator),
    row.mark].filter(Boolean).join(" · ");
  return html`<li class=${`unjudged lane ${row.lane || ""}`}><div class="main">
    <div><a href=${`/tiket/${encodeURIComponent(row.ticket)}`}>
      <strong class="num">${phone(row.display)}</strong></a> <span class="small muted">${moment(row.arrived_at)}</span>
      ${row.lane && html` <span class=${`chip ${laneTone(row.lane)}`}>${LANES[row.lane]}</span>`}${row.sampled
        && html` <span class="chip wait">contoh</span>`}</div>
    <div class="small muted">${about}</div>
    ${row.recording && html`<audio controls preload="none" src=${`/rekaman/${encodeURIComponent(row.id)}`}
      aria-label=${`Rekaman ${row.display}`}></audio>`}
    <${VerdictButtons} verdict=${null} run=${judge} busy=${busy} />
  </div></li>`;
}

steadyFingers(".rows > li");
start("screening", { View: Screening });
