// @ts-check
// Searches for tickets and calls, from the keyboard: Enter searches and opens, arrows walk, Esc goes back.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { start } from "../shared/shell.js";
import { sayError } from "../shared/toast.js";
import { OUTCOMES, STATUSES } from "../shared/words.js";
import { FILTERS, addressOf, asked, isEmpty, readAddress } from "../search/address.js";
import { Hit, Told } from "../search/hits.js";

/** @typedef {import("../search/address.js").Query} Query */

const { role } = document.body.dataset;
const STAFF = role !== "opd";
const ENDINGS = ["talked", "message", "abandoned", "cut", "after_hours", "silent"];

/** @param {{ data: SearchSnapshot, reference: Reference }} props */
function Search({ data, reference }) {
  const [query, setQuery] = useState(() => readAddress(location.href));
  const [{ answer, busy }, run] = useAnswer();
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  /**
   * Search, and keep it in the address bar: going back brings it again.
   * @param {Query} wanted
   */
  const go = (wanted) => {
    setQuery(wanted);
    if (addressOf(wanted) !== location.pathname + location.search + location.hash) {
      history.pushState(null, "", addressOf(wanted));
    }
    run(wanted);
  };
  useEffect(() => {
    const again = () => { const wanted = readAddress(location.href); setQuery(wanted); run(wanted); };
    addEventListener("popstate", again);
    again();
    field.current?.focus();
    return () => removeEventListener("popstate", again);
  }, []);
  /** @param {string} name @param {string} value */
  const limit = (name, value) => go({ ...query, [name]: value, before: "" });
  return html`<main class="search-page" onKeyDown=${(event) => walk(event, field.current)}>
    <h1 class="hide">Cari tiket dan panggilan</h1>
    <form class="card pad find" role="search" onSubmit=${(event) => {
      event.preventDefault();
      go({ ...query, before: "" });
    }}>
      <div class="ask"><div class="field"><label for="q">Cari tiket dan panggilan</label>
        <input id="q" ref=${field} type="search" autocomplete="off" spellcheck="false" maxlength="300"
          placeholder="Nomor, nama, kata, tempat" value=${query.text}
          onInput=${(event) => setQuery({ ...query, text: event.target.value })} /></div>
        <button class="button strong" disabled=${busy}>Cari <kbd>Enter</kbd></button></div>
      <${Limits} query=${query} limit=${limit} data=${data} reference=${reference} />
      ${!isEmpty(query) && html`<div class="row"><button type="button" class="button slim quiet"
        onClick=${() => { go(readAddress("/cari")); field.current?.focus(); }}>Kosongkan</button></div>`}
    </form>
    ${answer ? html`<section class="card results" aria-busy=${busy ? "true" : "false"}>
      <${Told} answer=${answer} />
      <ol>${answer.hits.map((hit) => html`<li key=${hit.ticket}>
        <${Hit} hit=${hit} reference=${reference} opens=${STAFF} /></li>`)}</ol>
      ${(answer.next || query.before) && html`<nav class="row pad" aria-label="Halaman hasil">
        ${query.before && html`<button type="button" class="button slim" onClick=${() => limit("before", "")}>
          ← Terbaru</button>`}
        ${answer.next && html`<button type="button" class="button slim"
          onClick=${() => { go({ ...query, before: answer.next || "" }); scrollTo(0, 0); field.current?.focus(); }}>
          Yang lebih lama →</button>`}</nav>`}
    </section>` : html`<p class="muted hint">Tulis apa saja yang diketahui, juga empat angka terakhir nomornya.
      ${" "}<span class="keys"><kbd>↓</kbd> ke hasil, <kbd>Enter</kbd> membuka, <kbd>Esc</kbd> kembali.</span>
      ${" "}Setiap pencarian dicatat.</p>`}
  </main>`;
}

/**
 * @param {{
 *   query: Query, limit: (name: string, value: string) => void, data: SearchSnapshot, reference: Reference
 * }} props
 */
function Limits({ query, limit, data, reference }) {
  const entries = (/** @type {Words} */ words) => Object.entries(words);
  const shown = [
    ["state", "Status", entries(STATUSES)],
    ["category", "Kategori", reference.categories.map(({ code, name }) => [code, name])],
    ["kecamatan", "Kecamatan", Object.keys(reference.kecamatan).map((name) => [name, name])],
    ...STAFF ? [["agency", "OPD", reference.opds.map(({ code, short }) => [code, short])],
      ["operator", "Operator", data.operators.map(({ name, display }) => [name, display])],
      ["outcome", "Akhir panggilan", ENDINGS.map((word) => [word, OUTCOMES[word]])]] : [],
  ];
  const set = FILTERS.filter((name) => query[name]).length;
  return html`<details class="limits" open=${set > 0 || innerWidth > 700}>
    <summary>Saringan${set ? ` (${set})` : ""}</summary><div class="limit-grid">
    ${shown.map(([name, label, choices]) => html`<div class="field" key=${name}><label for=${name}>${label}</label>
      <select id=${name} value=${query[String(name)]} onChange=${(event) => limit(String(name), event.target.value)}>
        <option value="">semua</option>
        ${/** @type {string[][]} */ (choices).map(([value, words]) => html`<option value=${value}
          selected=${query[String(name)] === value}>${words}</option>`)}</select></div>`)}
    ${[["from", "Dari hari"], ["to", "Sampai hari"]].map(([name, label]) => html`<div class="field" key=${name}>
      <label for=${name}>${label}</label><input id=${name} type="date" value=${query[name]}
        onChange=${(event) => limit(name, event.target.value)} /></div>`)}</div></details>`;
}

/** The answer to the last search; an older one that comes late is not shown. */
function useAnswer() {
  const [state, setState] = useState(/** @type {{ answer: SearchAnswer | null, busy: boolean }} */ (
    { answer: null, busy: false }));
  const turn = useRef(0);
  /** @param {Query} query */
  const run = async (query) => {
    const mine = ++turn.current;
    if (isEmpty(query)) return setState({ answer: null, busy: false });
    setState((before) => ({ ...before, busy: true }));
    try {
      const answer = await post("/api/search", asked(query));
      if (mine === turn.current) setState({ answer, busy: false });
    } catch (error) {
      sayError(error);
      if (mine === turn.current) setState((before) => ({ ...before, busy: false }));
    }
  };
  return /** @type {const} */ ([state, run]);
}

/**
 * Arrows go through the hits, Esc to the field and from there back.
 * @param {any} event
 * @param {HTMLInputElement | null} field
 */
function walk(event, field) {
  const hits = [...document.querySelectorAll(".hit")];
  const at = hits.indexOf(/** @type {Element} */ (document.activeElement));
  const inField = document.activeElement === field;
  if (event.altKey || event.ctrlKey || event.metaKey || (at < 0 && !inField)) return;
  const to = event.key === "ArrowDown" ? hits[at + 1] : event.key === "ArrowUp" && at > 0 ? hits[at - 1] : null;
  if (to instanceof HTMLElement) to.focus();
  else if ((event.key === "ArrowUp" && at === 0) || (event.key === "Escape" && at >= 0)) field?.focus();
  else if (event.key === "Escape" && inField && history.length > 1) history.back();
  else return;
  event.preventDefault();
}

start("search", { View: Search });
