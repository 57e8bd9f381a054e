// @ts-check
// A complaint from social media, entered by an agency's officer: with its link, for itself or for the inbox.
import { html, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { say } from "../shared/toast.js";
import { grouped } from "../shared/tracking.js";

const EMPTY = { link: "", category: "", kecamatan: "", desa: "", address: "", description: "" };

/** @param {{ reference: Reference }} props */
export function Social({ reference }) {
  const [fields, setFields] = useState(EMPTY);
  const [others, setOthers] = useState(false);
  const [wrong, setWrong] = useState(/** @type {Trouble | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [filed, setFiled] = useState(/** @type {string | null} */ (null));
  /** @param {keyof typeof EMPTY} name */
  const set = (name) => (/** @type {any} */ event) => setFields({ ...fields, [name]: event.target.value });
  /** @param {any} event */
  const go = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const answer = await post("/api/wadul", { ...fields, to_inbox: others });
      setFiled(answer.tracking);
      setFields(EMPTY);
      setWrong(null);
      say(`Aduan ${grouped(answer.tracking)} dicatat.`);
    } catch (error) { setWrong(error); }
    setBusy(false);
  };
  /**
   * @param {string} name
   * @param {string} label
   * @param {unknown} input
   */
  const field = (name, label, input) => html`<div class=${`field ${wrong?.field === name ? "wrong" : ""}`}>
    <label for=${`social-${name}`}>${label}</label>${input}</div>`;
  /**
   * @param {keyof typeof EMPTY} name
   * @param {string} label
   * @param {object} more
   */
  const text = (name, label, more) => field(name, label,
    html`<input id=${`social-${name}`} autocomplete="off" value=${fields[name]} onInput=${set(name)} ...${more} />`);
  const desa = reference.kecamatan[fields.kecamatan] || [];
  /**
   * @param {keyof typeof EMPTY} name
   * @param {string} label
   * @param {string[][]} list
   */
  const select = (name, label, list) => field(name, label,
    html`<select id=${`social-${name}`} value=${fields[name]} onChange=${set(name)}>
    <option value="">– pilih –</option>${list.map(([value, shown]) => html`<option value=${value}>${shown}</option>`)}
      </select>`);
  return html`<details class="more"><summary>Catat aduan media sosial…</summary>
    <form class="sub" onSubmit=${go}>
      ${filed && html`<p role="status">Aduan terakhir dicatat dengan nomor <strong class="num">
        ${grouped(filed)}</strong>. Tulis nomor ini sebagai balasan kiriman.</p>`}
      ${text("link", "Tautan kiriman", { type: "url", inputmode: "url", placeholder: "https://", maxlength: 500 })}
      ${select("category", "Kategori", reference.categories.filter((category) => category.kind !== "information")
        .map((category) => [category.code, category.name]))}
      <div class="pair">${select("kecamatan", "Kecamatan",
        Object.keys(reference.kecamatan).map((name) => [name, name]))}
        ${select("desa", "Desa / kelurahan", desa.map((name) => [name, name]))}</div>
      ${text("address", "Alamat / patokan", { maxlength: 500 })}
      ${field("description", "Isi aduan",
        html`<textarea id="social-description" rows="3" maxlength="5000" value=${fields.description}
          onInput=${set("description")}></textarea>`)}
      <label><input type="checkbox" checked=${others} onChange=${(event) =>
        setOthers(event.target.checked)} /> Bukan untuk OPD kami: kirim ke kotak masuk Wadul</label>
      ${wrong && html`<p class="error" role="alert">${wrong.message}</p>`}
      <button class="button strong" disabled=${busy}>${busy ? "Mengirim…" : others ? "Kirim ke Wadul"
        : "Catat sebagai tugas kami"}</button>
    </form></details>`;
}
