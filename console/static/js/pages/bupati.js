// @ts-check
// The bupati's page, for a telephone: what burns now, who was pushed and how often, and one button for each.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";
import { KnowButton, useEscalated } from "../cases/above.js";
import { NudgeButton } from "../cases/nudge.js";
import { askLeave } from "../shared/attention.js";
import { steadyFingers } from "../shared/fingers.js";
import { shortName } from "../shared/opds.js";
import { start } from "../shared/shell.js";
import { arm, armed, onArmed, onDuty, test, wasOnDuty } from "../shared/siren.js";
import { TestBar } from "../shared/testing.js";
import { Since, moment, now, useSecond } from "../shared/time.js";
import { Reached, reach, useReach } from "../shared/webpush.js";
import { STATES } from "../shared/words.js";

const SHOWN = 5; // so many fit on two screens of a telephone
const pushed = mayBePushed();

async function mayBePushed() {
  try {
    if (!(await get("/api/push")).wanted) return false;
    await navigator.serviceWorker.register("/sw.js", { scope: "/bupati" });
    return true;
  } catch { return false; } // not over plain http: the page works without
}

async function begin() {
  if (!(await test())) return;
  onDuty();
  if (await pushed) askLeave().then(reach);
}

/**
 * @param {{ data: BupatiSnapshot, reference: Reference, live: import("../shared/live.js").Live, link: Link }} props
 */
function Bupati({ data, reference, live, link }) {
  const [on, setOn] = useState(armed());
  const [all, setAll] = useState(false);
  useEffect(() => onArmed(setOn), []);
  useEffect(() => live.sounds(on), [on]);
  const reached = useReach(on, link, data.edition);
  useEscalated(data.rising);
  const rows = all ? data.unanswered : data.unanswered.slice(0, SHOWN);
  const hidden = data.unanswered.length - rows.length;
  const beyond = data.unanswered_count - data.unanswered.length;
  return html`
    ${!on && html`<div class="bar warn" role="status"><p>Suara mati: bila OPD tidak menjawab, halaman ini tidak
      berbunyi.</p><button type="button" class="button slim" onClick=${begin}>Hidupkan suara</button></div>`}
    <${TestBar} tests=${data.tests} on=${on} />
    ${data.disturbed && html`<div class="bar bad" role="alert"><p>Dorongan ke OPD terganggu. Pusat kendali sudah
      diberi tahu; bila ragu, telepon mereka.</p></div>`}
    <main class="burning">
      <${Headline} data=${data} />
      ${rows.map((row) => html`<${Waiting} key=${row.assignment} row=${row} reference=${reference} />`)}
      ${hidden > 0 && html`<button type="button" class="button wide" onClick=${() => setAll(true)}>${hidden} lagi
        belum dijawab</button>`}
      ${beyond > 0 && (all || hidden === 0) && html`<p class="muted">Dan ${beyond} lagi, lebih baru.</p>`}
      <${Working} data=${data} reference=${reference} />
      <p class="small muted foot">112 ${data.gate.reason}.
        ${" "}<${Reached} word=${reached} /></p>
    </main>`;
}

/**
 * The state in one sentence: red while somebody waits for an answer, green otherwise.
 * @param {{ data: BupatiSnapshot }} props
 */
function Headline({ data }) {
  const { unanswered_count: count, unsent } = data;
  return html`<section class=${`card headline ${count || unsent.count ? "hot" : "fine"}`} role="status">
    ${count > 0 && html`<h2><b class="num">${count}</b> darurat belum dijawab, terlama
      ${" "}<${Since} at=${data.unanswered[0].since} /></h2>`}
    ${unsent.count > 0 && html`<p><b class="num">${unsent.count}</b> laporan darurat belum dikirim 112,
      terlama <${Since} at=${unsent.oldest} /></p>`}
    ${!count && !unsent.count && html`<h2>Tidak ada darurat yang menunggu jawaban.</h2>`}</section>`;
}

/**
 * @param {BurningTask | WorkingTask} row
 * @param {Reference} reference
 */
const named = (row, reference) => reference.categories.find(({ code }) => code === row.category)?.name || "Darurat";
/** @param {BurningTask | WorkingTask} row */
const placed = (row) => [row.desa, row.kecamatan].filter(Boolean).join(", ") || "tempat belum diketahui";

/** @param {{ row: BurningTask, reference: Reference }} props */
function Waiting({ row, reference }) {
  useSecond();
  const name = shortName(reference, row.opd);
  const refused = row.state === "ditolak";
  const quiet = row.known_until !== null && Date.parse(row.known_until) > now();
  return html`<article class="card burns" aria-labelledby=${`task-${row.assignment}`}
    data-assignment=${row.assignment}>
    <header><h2 id=${`task-${row.assignment}`}>${named(row, reference)} · ${placed(row)}</h2>
      <div class="age"><${Since} at=${row.since} /></div></header>
    <p>${refused ? html`<strong>${name}: bukan wewenangnya.</strong> Pusat kendali mencari penggantinya.`
      : html`<strong>${name} belum menjawab.</strong>`}
      ${row.handed_on > 0 && html` Berpindah OPD ${row.handed_on}×.`}
      <span class="muted"> ${row.pushed.length ? `Didorong: ${row.pushed.map(pushes).join(", ")}.`
        : "Belum didorong."}</span></p>
    <div class="do">
      ${!refused && html`<${NudgeButton} assignment=${row.assignment} name=${name} nudged=${row.nudged} />`}
      ${quiet ? html`<p class="asked"><strong>Anda tangani</strong> <span class="small">senyap bagi Anda sampai
        ${" "}${moment(row.known_until || "")}.</span></p>`
        : html`<${KnowButton} assignment=${row.assignment} wide=${true} />`}</div>
  </article>`;
}

/** @param {PushedContact} contact */
const pushes = ({ title, times, arrived }) => `${title} ${times}×${arrived ? "" : " (tidak sampai)"}`;

/** @param {{ data: BupatiSnapshot, reference: Reference }} props */
function Working({ data, reference }) {
  if (!data.working_count) return null;
  return html`<section class="card"><header><h2>Sedang ditangani</h2><span class="count">${data.working_count}</span>
    </header><ul class="rows">${data.working.map((row) => html`<li key=${row.assignment}><div class="main">
      <strong>${named(row, reference)}</strong> <span class="muted">${placed(row)}</span>
      <div class="small muted">${shortName(reference, row.opd)}: ${STATES[row.state].toLowerCase()}</div></div>
      <div class="age"><${Since} at=${row.updated_at} /></div></li>`)}</ul>
    ${data.working_count > data.working.length && html`<p class="none">Dan ${
      data.working_count - data.working.length} lagi.</p>`}</section>`;
}

addEventListener("click", arm);
addEventListener("keydown", arm);
steadyFingers(".burns");
if (wasOnDuty()) arm(); // it sounds again by itself where the browser allows that
start("bupati", { View: Bupati, busy: () => armed() });
