// The inbox of complaints: what waits, what is late; passed on, answered, rejected, raised to an emergency; by keyboard.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-htm.js";
import { get, post } from "./api.js";
import { More, useMore } from "./more.js";
import { OpdChoice, Sent, shortName } from "./opds.js";
import { useProposal } from "./proposal.js";
import { start } from "./shell.js";
import { moment } from "./time.js";
import { say, sayError } from "./toast.js";
import { COMPLAINTS, awaited, complaintTone, grouped, term } from "./tracking.js";
import { STATES, phone, place } from "./words.js";

const { role } = document.body.dataset;
const ACTS = role !== "operator";
const FILTERS = [["", "Semua", "1"], ["masuk", "Masuk", "2"], ["late", "Terlambat", "3"], ["diteruskan", "Diteruskan", "4"], ["dijawab", "Dijawab", "5"], ["darurat", "Darurat", "6"], ["dead", "Tidak terkirim", "7"], ["ended", "Berakhir", "8"]];
const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
const is = { "": () => true, late: (row) => row.clock?.late, dead: (row) => row.dead_at };
const fits = (row, filter) => (is[filter] || ((one) => one.state === filter))(row);

function Wadul({ data, reference }) {
  const [filter, setFilter] = useState("");
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(null); // a ticket's number
  const [act, setAct] = useState(null); // pass | reject | answer | raise | lower
  const [found, again] = useSearch(query);
  const search = useRef(null);
  const [box, more] = useBox(data, filter);
  const rows = found || (filter === "ended" ? data.ended : box);
  const row = [...(found || []), ...box, ...data.rows, ...data.ended].find((one) => one.ticket === open);
  const choose = (number) => { setOpen(number); setAct(null); };
  const step = (by) => {
    const at = rows.findIndex((one) => one.ticket === open);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next) { choose(next.ticket); requestAnimationFrame(() => document.querySelector(".inbox [aria-current]")?.scrollIntoView({ block: "nearest" })); }
  };
  useLayoutEffect(() => {
    const keys = (event) => {
      if (event.key === "Escape") { if (act) setAct(null); else if (query) setQuery(""); else setOpen(null); document.activeElement?.blur(); return; }
      if (typing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
      const number = FILTERS.find(([, , key]) => key === event.key);
      const letter = ACTS && row && actsOf(row).find(([, , key]) => key.toLowerCase() === event.key.toLowerCase());
      if (event.key === "/") search.current?.focus();
      else if (event.key === "ArrowDown") step(1);
      else if (event.key === "ArrowUp") step(-1);
      else if (number) { setFilter(number[0]); setQuery(""); }
      else if (letter) setAct(letter[0]);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  return html`
    ${data.bridge?.dead > 0 && html`<div class="bar warn" role="status"><p>${data.bridge.dead} kiriman tidak diterima aplikasi pemerintah. Periksa aplikasinya, lalu tekan «Kirim ulang».</p></div>`}
    <main class=${`wadul-page ${row ? "opened" : ""}`}>
      <section class="card inbox"><header><h2>Wadul Bupati</h2><span class="count">${data.count}</span></header>
        <div class="pad find">
          <div class="field"><label for="q">Cari nomor aduan, tiket, tempat <kbd>/</kbd></label>
            <input id="q" ref=${search} autocomplete="off" maxlength="80" placeholder="4827 1935" value=${query} onInput=${(event) => setQuery(event.target.value)} /></div>
          <div class="filters" role="group" aria-label="Saring">${FILTERS.filter(([word]) => word !== "dead" || data.bridge).map(([word, label, key]) => {
            const count = word === "ended" ? null : countOf(data, word);
            return html`<button type="button" class=${`button slim ${["late", "dead"].includes(word) && count ? "hot" : "quiet"}`} aria-pressed=${filter === word && !query ? "true" : "false"} onClick=${() => { setFilter(word); setQuery(""); }}>${label}${count === null ? "" : ` ${count}`} <kbd>${key}</kbd></button>`;
          })}</div>
        </div>
        ${rows.length ? html`<ul class="rows">${rows.map((one) => html`<${Line} key=${one.ticket} row=${one} reference=${reference} chosen=${one.ticket === open} choose=${() => choose(one.ticket)} />`)}</ul>`
          : html`<p class="none">${query ? "Tidak ada yang cocok." : "Tidak ada aduan di sini."}</p>`}
        ${!found && filter !== "ended" && html`<${More} more=${more} count=${countOf(data, filter)} shown=${box.length} />`}
      </section>
      ${row ? html`<${One} key=${row.ticket} row=${row} reference=${reference} act=${act} setAct=${setAct} leave=${() => choose(null)} changed=${again} />`
        : html`<section class="card calm-card"><p class="muted">Pilih aduan dengan <kbd>↑</kbd> <kbd>↓</kbd> atau ketuk.</p>
          <p class="small muted">Tenggat: diteruskan ${data.terms.pass_on}, dijawab ${data.terms.answer}, selesai ${data.terms.done} hari kerja.</p></section>`}
    </main>`;
}

// The complaints behind a filter: those of the snapshot, and the rest in parts. Of one filter the parts begin anew, since
// the snapshot has the first of all complaints, not of each state.
function useBox(data, filter) {
  const shown = data.rows.filter((row) => fits(row, filter));
  const next = countOf(data, filter) > shown.length ? (filter ? 0 : data.next) : null;
  const [rows, more] = useMore(data.rows, next, (offset) => `/api/wadul/open?${new URLSearchParams({ state: filter, offset })}`, (row) => row.ticket);
  return [rows.filter((row) => fits(row, filter)), more];
}

const countOf = (data, filter) => ({ "": data.count, late: data.late_count, dead: data.bridge?.dead || 0 })[filter] ?? (data.counts[filter] || 0);

function useSearch(query) {
  const [found, setFound] = useState(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!query.trim()) return setFound(null);
    let late = false;
    const timer = setTimeout(() => get(`/api/wadul?${new URLSearchParams({ q: query.trim() })}`).then((answer) => late || setFound(answer.rows), sayError), 200);
    return () => { late = true; clearTimeout(timer); };
  }, [query, turn]);
  return [found, () => setTurn((count) => count + 1)];
}

const named = (row, reference) => reference.categories.find((one) => one.code === row.category)?.name || "Tanpa kategori";

function Line({ row, reference, chosen, choose }) {
  const opds = row.assignments.filter((one) => !one.ended_at || one.state === "selesai");
  return html`<li class=${row.clock?.late ? "late" : ""} aria-current=${chosen ? "true" : null}><button type="button" class="whole" onClick=${choose}>
    <span class="main"><span><strong>${named(row, reference)}</strong> <span class="num muted">${grouped(row.tracking)}</span></span>
      <span class="small muted place">${place(row) || row.description || "tempat belum diketahui"}</span>
      <span class="chips"><span class=${`chip ${complaintTone(row.state)}`}>${COMPLAINTS[row.state]}</span>
        ${opds.map((one) => html`<span class="chip">${shortName(reference, one.opd)}</span>`)}
        ${row.source === "sosial" && html`<span class="chip info">media sosial</span>`}
        ${row.dead_at && html`<span class="chip soft-act">tidak terkirim</span>`}</span></span>
    <span class="age">${row.clock ? html`<strong class=${row.clock.late ? "bad" : ""}>${term(row.clock)}</strong><span class="small muted">untuk ${awaited(row.clock)}</span>`
      : html`<span class="small muted">${moment(row.ended_at || row.moved_at)}</span>`}</span></button></li>`;
}

// What can be done with a complaint: [name, label, key, tone]
function actsOf(row) {
  const busy = row.assignments.some((one) => !one.ended_at);
  const ended = ["selesai", "ditolak"].includes(row.state);
  return [
    ["pass", ended ? "Buka dan teruskan…" : "Teruskan…", "T", ended || busy ? "" : "act"],
    ...(busy ? [] : [["answer", ended ? "Ubah jawaban…" : "Tutup dengan jawaban…", "J", ""]]),
    ...(busy || ended ? [] : [["reject", "Tolak…", "X", ""]]),
    ...(ended ? [] : [row.state === "darurat" ? ["lower", "Kembali ke aduan…", "D", ""] : ["raise", "Jadikan darurat…", "D", ""]]),
  ];
}

function One({ row, reference, act, setAct, leave, changed }) {
  const head = useRef(null);
  useEffect(() => { head.current?.scrollIntoView({ block: "nearest" }); }, []);
  const run = async (path, body, told) => {
    await post(`/api/wadul/${encodeURIComponent(row.ticket)}/${path}`, body);
    say(told);
    setAct(null);
    changed();
  };
  const fact = (name, value) => value && html`<div class="field"><span class="label">${name}</span><div>${value}</div></div>`;
  return html`<section class="card one" aria-label=${`Aduan ${grouped(row.tracking)}`}>
    <header><h2 ref=${head}>${named(row, reference)} · <span class="num">${grouped(row.tracking)}</span></h2>
      <button type="button" class="button slim quiet" onClick=${leave}>Tutup</button></header>
    <div class="pad">
      <div class="chips"><span class=${`chip ${complaintTone(row.state)}`}>${COMPLAINTS[row.state]}</span>
        ${row.clock && html`<span class=${`chip ${row.clock.late ? "act" : ""}`}>${awaited(row.clock)}: ${term(row.clock)}</span>`}
        <a class="chip" href=${`/tiket/${encodeURIComponent(row.ticket)}`}>${row.ticket} ↗</a>
        ${row.link && html`<a class="chip info" href=${row.link} target="_blank" rel="noopener noreferrer nofollow">Kiriman media sosial ↗</a>`}</div>
      ${ACTS && html`<div class="acts">${actsOf(row).map(([name, label, key, tone]) => html`<button type="button" class=${`button slim ${tone}`} aria-pressed=${act === name ? "true" : "false"} onClick=${() => setAct(act === name ? null : name)}>${label} <kbd>${key}</kbd></button>`)}</div>`}
      ${act === "pass" && html`<${Pass} row=${row} reference=${reference} run=${run} />`}
      ${act === "raise" && html`<${Raise} row=${row} reference=${reference} run=${run} />`}
      ${act === "lower" && html`<${Say} label="Alasan kembali ke aduan" button="Kembali ke aduan" run=${(text) => run("lower", { reason: text }, "Kembali menjadi aduan.")} />`}
      ${act === "reject" && html`<${Say} label="Alasan, dibaca pelapor" button="Tolak aduan" run=${(text) => run("reject", { reason: text }, "Aduan ditolak.")} />`}
      ${act === "answer" && html`<${Say} label="Jawaban, dibaca pelapor" button="Simpan jawaban" value=${row.text} run=${(text) => run("answer", { answer: text }, "Jawaban disimpan.")} />`}
      ${fact("Tempat", place(row))}${fact("Uraian", row.description)}
      ${fact("Pelapor", [row.reporter_name, phone(row.reporter_number || row.display)].filter(Boolean).join(" · "))}
      <div class="field"><span class="label">Masuk</span><div>${moment(row.filed_at)} · ${row.source === "sosial" ? "media sosial" : "112"} · ${row.filed_by}</div></div>
      <${Sent} assignments=${row.assignments} reference=${reference} />
      ${row.assignments.filter((one) => one.note).map((one) => html`<p class="small">${shortName(reference, one.opd)}, ${STATES[one.state].toLowerCase()}: ${one.note}</p>`)}
      ${fact("Jawaban untuk pelapor", row.text)}
      <${Handed} row=${row} run=${run} />
    </div></section>`;
}

// What the government's own application made of it.
function Handed({ row, run }) {
  const resend = async () => { try { await run("resend", {}, "Dikirim ulang."); } catch (error) { sayError(error); } };
  return html`${row.theirs && html`<p class="small">Nomor di aplikasi pemerintah: <strong class="num">${row.theirs}</strong></p>`}
    ${row.waits && row.last_error && html`<div class="row"><p class=${`small ${row.dead_at ? "error" : "muted"}`}>${row.dead_at ? "Tidak terkirim" : "Belum terkirim, dicoba lagi"}: ${row.last_error} (${row.attempts}×)</p>
      ${ACTS && html`<button type="button" class="button slim" onClick=${resend}>Kirim ulang</button>`}</div>`}`;
}

function useAttempt() {
  const [busy, setBusy] = useState(false);
  return [busy, async (work) => {
    if (busy) return;
    setBusy(true);
    try { await work(); } catch (error) { sayError(error); }
    setBusy(false);
  }];
}

// The first field of what was opened.
function useFirst() {
  const field = useRef(null);
  useLayoutEffect(() => { field.current?.focus(); }, []);
  return field;
}

function Say({ label, button, value = "", run }) {
  const [text, setText] = useState(value || "");
  const field = useFirst();
  const [busy, attempt] = useAttempt();
  const go = (event) => { event?.preventDefault(); if (text.trim()) attempt(() => run(text)); };
  return html`<form class="sub" onSubmit=${go} onKeyDown=${(event) => event.ctrlKey && event.key === "Enter" && go(event)}>
    <div class="field"><label for="say">${label}</label><textarea id="say" rows="3" maxlength="1000" ref=${field} value=${text} onInput=${(event) => setText(event.target.value)}></textarea></div>
    <button class="button strong" disabled=${busy || !text.trim()}>${button} <kbd>Ctrl+Enter</kbd></button></form>`;
}

function useOpds(row, reference, category) {
  const proposal = useProposal(category, row.kecamatan);
  const [chosen, setChosen] = useState({});
  const had = row.assignments.filter((one) => !one.ended_at).map((one) => one.opd);
  const opds = reference.opds.map((one) => one.code).filter((code) => !had.includes(code) && (chosen[code] ?? (proposal.opds.includes(code) && !had.length)));
  return { opds, choice: html`<${OpdChoice} reference=${reference} proposal=${proposal} opds=${opds} had=${had} choose=${(code, on) => setChosen({ ...chosen, [code]: on })} />` };
}

function Pass({ row, reference, run }) {
  const field = useFirst();
  const [category, setCategory] = useState(row.category || "");
  const { opds, choice } = useOpds(row, reference, category);
  const [busy, attempt] = useAttempt();
  const names = opds.map((code) => shortName(reference, code)).join(", ");
  const go = (event) => { event?.preventDefault(); if (opds.length) attempt(() => run("pass", { opds, ...(category && category !== row.category && { category }) }, `Diteruskan ke ${names}.`)); };
  return html`<form class="sub" onSubmit=${go} onKeyDown=${(event) => event.ctrlKey && event.key === "Enter" && go(event)}>
    <div class="field"><label for="pass-category">Kategori</label><select id="pass-category" ref=${field} value=${category} onChange=${(event) => setCategory(event.target.value)}>
      <option value="">– pilih –</option>${reference.categories.map((one) => html`<option value=${one.code}>${one.name}</option>`)}</select></div>
    ${choice}
    <button class="button act" disabled=${busy || !opds.length}>${names ? `Teruskan ke ${names}` : "Pilih OPD"} <kbd>Ctrl+Enter</kbd></button></form>`;
}

function Raise({ row, reference, run }) {
  const field = useFirst();
  const [text, setText] = useState("");
  const { opds, choice } = useOpds(row, reference, row.category);
  const [busy, attempt] = useAttempt();
  const go = (event) => { event?.preventDefault(); if (text.trim()) attempt(() => run("raise", { reason: text, opds }, "Menjadi darurat; OPD didorong sekarang.")); };
  return html`<form class="sub" onSubmit=${go} onKeyDown=${(event) => event.ctrlKey && event.key === "Enter" && go(event)}>
    <div class="field"><label for="raise">Alasan menjadi darurat</label><input id="raise" maxlength="500" ref=${field} value=${text} onInput=${(event) => setText(event.target.value)} /></div>
    ${choice}
    <p class="small muted">OPD yang sudah memegang aduan ini didorong dengan tangga darurat mulai sekarang.</p>
    <button class="button act" disabled=${busy || !text.trim()}>Jadikan darurat <kbd>Ctrl+Enter</kbd></button></form>`;
}

start("wadul", { View: Wadul, busy: () => Boolean(document.querySelector(".wadul-page .sub")) });
