// @ts-check
// The frame of every page: the bar on top, the state of the connection, the messages; and the start of the page.
import { html, render, useEffect, useState } from "../../vendor/preact-htm.js";
import { reference } from "./api.js";
import { SilenceBar, useSilence } from "./deadman.js";
import { logOut } from "./drafts.js";
import { keep } from "./keep.js";
import { leave } from "./leave.js";
import { Live } from "./live.js";
import { Clock } from "./time.js";
import { Toasts, say, sayError } from "./toast.js";
import { sentence } from "./words.js";

const { service, display, role, version, title } = document.body.dataset;
/** @type {Words} */
const SUBJECT = { operator: "Operator", opd: title, overview: "Pantau", ticket: "Tiket", screening: "Saringan",
  numbers: "Nomor", wadul: "Wadul Bupati", search: "Cari",
  handover: "Serah terima", bupati: "Bupati" };
const SEARCH = "/cari";
const WATCH = [[SEARCH, "Cari"], ["/pantau", "Pantau"], ["/saringan", "Saringan"], ["/wadul", "Wadul Bupati"],
  ["/serah-terima", "Serah terima"]];
/** @type {Record<string, string[][]>} */
const LINKS = { operator: [["/operator", "Meja operator"], ...WATCH], command: WATCH,
  admin: [...WATCH, ["/nomor", "Nomor penelepon"]], opd: [["/opd", "Tugas"], [SEARCH, "Cari tiket"]],
  bupati: [["/bupati", "Yang menunggu jawaban"]] };

/** @typedef {{ link: Link, data: any, reference: Reference | null, stale: boolean }} PageState */

/**
 * Start a page: `View` gets {data, reference, live, link}; `Bar` (optional) stands in the bar on top.
 * @param {string} page
 * @param {{ number?: string, View: unknown, Bar?: unknown, busy?: (state: any) => boolean }} options
 */
export function start(page, { number = "", View, Bar = null, busy = () => false }) {
  /** @type {PageState} */
  const state = { link: "connecting", data: null, reference: null, stale: false };
  const root = /** @type {HTMLElement} */ (document.getElementById("app"));
  root.textContent = "";
  const draw = () => render(html`<${Frame} page=${page} state=${state} View=${View} Bar=${Bar} live=${live} />`, root);
  const live = new Live(page, number, async (news) => {
    if (news.notice) {
      dispatchEvent(new CustomEvent("refused", { detail: news.about }));
      return sayError({ message: sentence(news.notice) });
    }
    if (news.version && news.version !== version) state.stale = true;
    if (state.stale && !busy(state)) return location.reload();
    if (news.link) state.link = news.link;
    if (news.data) {
      state.data = news.data;
      try { state.reference = await reference(news.data.edition); } catch (error) {
        if (!state.reference) sayError(error);
      }
    }
    draw();
  });
  draw();
  return live;
}

/** @param {{ page: string, state: PageState, View: unknown, Bar: unknown, live: import("./live.js").Live }} props */
function Frame({ page, state, View, Bar, live }) {
  const ready = state.data && state.reference;
  return html`
    <header class="top">
      ${page !== "ticket" && html`<h1 class="hide">${SUBJECT[page]}</h1>`}
      <a class="brand" href="/"><b>112</b><span>${SUBJECT[page]}<small>${service}</small></span></a>
      ${Bar && ready && html`<${Bar} data=${state.data} link=${state.link} live=${live} />`}
      <span class="grow"></span>
      <div class="facts"><${LinkState} link=${state.link} /><${Clock} /></div>
      <${Menu} />
    </header>
    <${LinkBar} page=${page} state=${state} live=${live} />
    ${ready ? html`<${View} data=${state.data} reference=${state.reference} live=${live} link=${state.link} />`
      : html`<p class="loading">Menyambung…</p>`}
    <${Toasts} />`;
}

/** @param {{ link: Link }} props */
function LinkState({ link }) {
  const words = { open: "tersambung", connecting: "menyambung…", lost: "terputus – menyambung…", ended: "sesi habis" };
  return html`<span role="status" class=${`link-state ${link === "open" ? "" : "lost"}`}>${words[link]}</span>`;
}

/** @param {{ page: string, state: PageState, live: import("./live.js").Live }} props */
function LinkBar({ page, state, live }) {
  const silent = useSilence(page, live);
  if (state.link === "ended") return html`<div class="bar bad" role="alert">
    <p>Sesi habis. Halaman ini tidak lagi menerima kabar.</p><a class="button" href="/masuk">Masuk lagi</a></div>`;
  if (silent) return html`<${SilenceBar} page=${page} since=${silent} />`;
  if (state.link === "lost") return html`<div class="bar bad" role="alert">
    <p>Terputus dari server – menyambung lagi… Yang terlihat di bawah mungkin sudah berubah.</p></div>`;
  if (state.stale) return html`<div class="bar warn" role="status"><p>Ada versi baru halaman ini.</p>
    <button class="button slim" onClick=${() => location.reload()}>Muat ulang</button></div>`;
  return null;
}

/**
 * `/` searches, from every page. What a desk or an agency has open stays: their search is in a tab of its own.
 * @param {any} event
 */
function slash(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (role === "bupati") return; // he searches for nobody
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing) return;
  event.preventDefault();
  const field = document.querySelector(".search-page #q, [data-slash]");  // a list with a search of its own
  if (field instanceof HTMLElement) field.focus();
  else if (["operator", "opd", "overview"].includes(document.body.dataset.page || "")) open(SEARCH, "tanggap-cari");
  else location.assign(SEARCH);
}

function Menu() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    addEventListener("keydown", slash);
    return () => removeEventListener("keydown", slash);
  }, []);
  useEffect(() => {
    /** @param {any} event */
    const shut = (event) => {
      const away = event.type === "click" && !event.target.closest(".menu");
      if (event.key === "Escape" || away) setOpen(false);
    };
    addEventListener("keydown", shut);
    addEventListener("click", shut);
    return () => { removeEventListener("keydown", shut); removeEventListener("click", shut); };
  }, []);
  return html`<details class="menu" open=${open}>
    <summary onClick=${(event) => { event.preventDefault(); setOpen(!open); }}><span class="full">${display}</span>
      <span class="short" aria-hidden="true">☰</span></summary>
    <div class="sheet">
      ${(LINKS[role] || []).map(([href, label]) => html`<a href=${href}
        target=${href === SEARCH && document.body.dataset.page !== "search" ? "tanggap-cari" : null}>
        ${label}${href === SEARCH && html` <kbd>/</kbd>`}</a>`)}
      <a href="/akun">Akun</a>
      <button type="button" onClick=${switchTheme}>Ganti terang/gelap</button>
      <form method="post" action="/keluar" onSubmit=${leaveFirst}><button>Keluar</button></form>
    </div>
  </details>`;
}

/** @param {any} event */
function leaveFirst(event) {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  event.preventDefault();
  leave("keluar", () => { logOut(form); });
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
  say(dark ? "Tampilan terang" : "Tampilan gelap");
}
