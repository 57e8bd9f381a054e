// @ts-check
// Callers' numbers for admins: look up, see what is held of them and why, correct, erase.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { decimal } from "../wall/figures.js";
import { start } from "../shared/shell.js";
import { nameOf } from "../shared/people.js";
import { moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { LANES, OUTCOMES, VERDICTS, phone, sentence } from "../shared/words.js";

/** @typedef {{ q: string, doubted: boolean }} Query */

const PAUSE_MS = 250;
/** @type {Words} */
const DOUBTS = { reputation: "diragukan", flood: "banjir panggilan" };
/** @param {{ number: string | null, hash: string }} row */
const name = (row) => (row.number ? phone(row.number) : `#${(row.hash || "").slice(0, 12)}`);

/** @param {{ data: NumbersSnapshot, reference: Reference }} props */
function Numbers({ data, reference }) {
  const [query, setQuery] = useState({ q: "", doubted: false });
  const [{ rows, more }, again] = useRows(query);
  const [open, setOpen] = useState(/** @type {WholeNumber | null} */ (null));
  /** @param {string} identity */
  const look = async (identity) => {
    try { setOpen(await post("/api/numbers/show", { who: identity })); } catch (error) { sayError(error); }
  };
  /** @param {WholeNumber | null} row */
  const changed = (row) => { setOpen(row); again(); };
  const address = `/api/numbers.csv?${parameters(query)}`;
  return html`
    ${data.lost > 0 && html`<div class="bar warn" role="status">
      <p>Kunci nomor telah berganti: ${data.lost} penilaian atas nomor yang sudah dihapus tidak dihitung lagi. Pulihkan
        var/secrets.json dari cadangan bila ada.</p></div>`}
    <main class=${`numbers-page ${open ? "opened" : ""}`}>
      <section class="card"><header><h2>Nomor yang dinilai</h2>
        <a class="button slim" href=${address} download>Unduh CSV</a></header>
        <form class="pad find" onSubmit=${(event) => { event.preventDefault(); if (query.q.trim()) look(query.q.trim());
        }}>
          <div class="field"><label for="q">Cari nomor</label>
            <input id="q" inputmode="tel" autocomplete="off" maxlength="80" placeholder="0812… atau sebagian"
              value=${query.q} onInput=${(event) => setQuery({ ...query, q: event.target.value })} /></div>
          <label class="small"><input type="checkbox" checked=${query.doubted} onChange=${(event) =>
            setQuery({ ...query, doubted: event.target.checked })} /> Hanya yang diragukan
              (skor ${decimal(data.rules.doubt_score)} ke atas)</label>
        </form>
        ${rows && !rows.length && html`<p class="none">Tidak ada. Tekan Enter untuk mencari nomor lengkap yang belum
          pernah dinilai.</p>`}
        ${rows && rows.length > 0 && html`<div class="wide">
          <table class="figures pick"><thead>
            <tr><th scope="col">Nomor</th><th scope="col">Skor</th><th scope="col">Asli</th><th scope="col">Prank</th>
              <th scope="col" class="roomy">Lain</th><th scope="col">Terakhir</th></tr></thead>
          <tbody>${rows.map((row) => html`<tr key=${row.hash} aria-current=${open?.hash === row.hash ? "true" : null}>
            <th scope="row"><button type="button" class="plain-button num" onClick=${() => look(row.hash)}>
              ${name(row)}</button></th>
            <td class=${row.doubt ? "bad" : ""}>${decimal(row.score)}</td><td>${row.genuine || "–"}</td><td>${row.prank
              || "–"}</td><td class="roomy">${row.information + row.silent
              || "–"}</td><td>${moment(row.last_at)}</td></tr>`)}</tbody></table></div>`}
        ${more && html`<p class="none">… dan lainnya: cari sebagian nomornya, atau unduh CSV untuk semua.</p>`}
      </section>
      ${open ? html`<${NumberCard} key=${open.hash || open.number} row=${open} rules=${data.rules} changed=${changed}
        reference=${reference} leave=${() => setOpen(null)} />`
        : html`<section class="card calm-card">
          <p class="muted">Pilih nomor untuk melihat riwayat, mengoreksi penilaian, atau menghapusnya.</p></section>`}
    </main>`;
}

/** @param {Query} query */
const parameters = (query) => new URLSearchParams({ ...(query.q && { q: query.q }),
  ...(query.doubted && { doubted: "1" }) });

/**
 * The numbers that fit the query; `more`: an answer does not hold all of them.
 * @param {Query} query
 */
function useRows(query) {
  /** @type {{ rows: NumberRow[] | null, more: boolean }} */
  const nothing = { rows: null, more: false };
  const [list, setList] = useState(nothing);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let late = false;
    const timer = setTimeout(() => get(`/api/numbers?${parameters(query)}`)
      .then((answer) => late || setList(answer), sayError), list.rows ? PAUSE_MS : 0);
    return () => { late = true; clearTimeout(timer); };
  }, [query.q, query.doubted, turn]);
  return /** @type {const} */ ([list, () => setTurn((count) => count + 1)]);
}

/**
 * @param {{
 *   row: WholeNumber, rules: ScreeningRules, changed: (row: WholeNumber | null) => void, leave: () => void,
 *   reference: Reference
 * }} props
 */
function NumberCard({ row, rules, changed, leave, reference }) {
  const head = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { head.current?.scrollIntoView({ block: "nearest" }); head.current?.focus({ preventScroll: true }); },
    []);
  const present = row.verdicts.filter((judgement) => !judgement.replaced_at);
  const count = (/** @type {string} */ word) => row[/** @type {keyof NumberRow} */ (word)];
  return html`<section class="card number-card" aria-label=${`Nomor ${name(row)}`}>
    <header><h2 tabindex="-1" ref=${head} class="num">${name(row)}</h2>
      <button type="button" class="button slim quiet" onClick=${leave}>Tutup</button></header>
    <div class="pad">
      <div class="chips">
        <span class=${`chip ${row.doubt ? "soft-act" : "ok"}`}>skor ${decimal(row.score)} · ${DOUBTS[row.doubt || ""]
        || "tidak diragukan"}</span>
        ${Object.entries(VERDICTS).filter(([word]) => count(word))
          .map(([word, label]) => html`<span class="chip">${label} ${count(word)}×</span>`)}
        ${!row.number && html`<span class="chip wait">nomor dihapus</span>`}</div>
      <p class="small muted">Prank menambah 1, asli mengurangi; keduanya tinggal separuh
        setiap ${decimal(rules.half_life_days,
        0)} hari. Diragukan sejak ${decimal(rules.doubt_score)}: ditanya dua angka dulu, tidak pernah ditolak.</p>
      ${present.length > 0 && html`<${Correct} row=${row} changed=${changed} />`}
      <${History} rows=${row.verdicts} reference=${reference} />
      <${Calls} rows=${row.calls} />
      ${row.number && html`<${Erase} row=${row} changed=${changed} />`}
    </div></section>`;
}

/** @param {{ row: WholeNumber, changed: (row: WholeNumber | null) => void }} props */
function Correct({ row, changed }) {
  const [verdict, setVerdict] = useState("");
  const [ticket, setTicket] = useState("");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  /** @param {any} event */
  const go = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const corrected = await post("/api/numbers/correct",
        { who: row.hash || row.number, verdict, reason, ticket: ticket || null });
      say(`${corrected.changed} penilaian dikoreksi menjadi ${VERDICTS[verdict]}.`);
      changed(corrected);
      setReason("");
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  const present = row.verdicts.filter((judgement) => !judgement.replaced_at);
  return html`<form class="sub" onSubmit=${go}><strong>Koreksi</strong>
    <div class="two"><div class="field"><label for="which">Penilaian</label>
      <select id="which" value=${ticket} onChange=${(event) => setTicket(event.target.value)}>
        <option value="">semua (${present.length})</option>${present.map((judgement) =>
          html`<option value=${judgement.ticket}>
            ${judgement.ticket} – ${VERDICTS[judgement.verdict]}</option>`)}</select></div>
      <div class="field"><label for="verdict">Menjadi</label>
        <select id="verdict" value=${verdict} onChange=${(event) => setVerdict(event.target.value)}>
        <option value="">– pilih –</option>${Object.entries(VERDICTS)
          .map(([word, label]) => html`<option value=${word}>${label}</option>`)}</select></div></div>
    <div class="field"><label for="why">Alasan</label>
      <input id="why" maxlength="300" value=${reason} onInput=${(event) => setReason(event.target.value)} /></div>
    <button class="button slim strong" disabled=${busy || !verdict || !reason.trim()}>Koreksi</button></form>`;
}

/** @param {{ rows: NumberVerdict[], reference: Reference }} props */
function History({ rows, reference }) {
  if (!rows.length) return html`<p class="small muted">Belum pernah dinilai.</p>`;
  return html`<div><h3 class="small">Penilaian</h3>
    <ol class="timeline">${rows.map((judgement) =>
      html`<li class=${judgement.replaced_at ? "former" : ""}><span class="time">${moment(judgement.called_at)}</span>
    <span><strong>${sentence(VERDICTS[judgement.verdict])
      .replace(".", "")}</strong> oleh ${nameOf(reference, judgement.by)}${judgement.replaced_at
      ? " (sudah diganti)" : ""} · <a href=${`/tiket/${encodeURIComponent(judgement.ticket)}`}>${judgement.ticket}</a>
        </span>
    ${judgement.reason && html`<span class="who">${judgement.reason}</span>`}</li>`)}</ol></div>`;
}

/** @param {NumberCall} call */
function described({ lane, outcome, doubt, sampled, operator }) {
  const parts = [LANES[lane || ""], OUTCOMES[outcome || ""] || "berlangsung", DOUBTS[doubt || ""],
    sampled && "contoh", operator];
  return parts.filter(Boolean).join(" · ");
}

/** @param {{ rows: NumberCall[] }} props */
function Calls({ rows }) {
  if (!rows.length) return null;
  return html`<details class="more"><summary>Panggilan (${rows.length}${rows.length === 100 ? " terbaru"
    : ""})</summary><ol class="timeline">
      ${rows.map((call) => html`<li><span class="time">${moment(call.arrived_at)}</span>
    <span>${described(call)} · <a href=${`/tiket/${encodeURIComponent(call.ticket)}`}>
        ${call.ticket}</a></span></li>`)}</ol></details>`;
}

/** @param {{ row: WholeNumber, changed: (row: WholeNumber | null) => void }} props */
function Erase({ row, changed }) {
  const [reason, setReason] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);
  if (reason === null) return html`<button type="button" class="button slim"
    onClick=${() => setReason("")}>Hapus nomor…</button>`;
  /** @param {any} event */
  const go = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const erased = await post("/api/numbers/erase", { who: row.number, reason });
      say(`Nomor dihapus dari ${erased.calls} panggilan.`);
      changed(row.verdicts.length ? await post("/api/numbers/show", { who: row.hash }) : null);
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  return html`<form class="sub" onSubmit=${go}><strong>Hapus nomor ini?</strong>
    <p class="small">Nomor hilang dari panggilan, tiket, telepon balik, penilaian dan jurnal. Tidak bisa dibatalkan.
      Skor tetap berlaku bila nomor ini menelepon lagi.</p>
    <div class="field"><label for="erase-why">Alasan</label>
      <input id="erase-why" maxlength="300" value=${reason} ref=${(element) => element && reason === ""
        && element.focus()} onInput=${(event) => setReason(event.target.value)} /></div>
    <div class="row"><button class="button slim act" disabled=${busy || !reason.trim()}>Hapus nomor</button>
      <button type="button" class="button slim quiet" onClick=${() => setReason(null)}>Jangan</button></div></form>`;
}

start("numbers", { View: Numbers });
