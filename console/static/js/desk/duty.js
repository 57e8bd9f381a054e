// @ts-check
// The operator's own state: the big buttons, the phone's registration, and what is wrong.
import { html, useEffect, useLayoutEffect, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { askLeave } from "../shared/attention.js";
import { leave } from "../shared/leave.js";
import { sayError } from "../shared/toast.js";
import { Since } from "../shared/time.js";

const STATES = [["ready", "Siap", "F2"], ["paused", "Jeda", "F4"], ["offline", "Selesai tugas", "F8"]];
const ANSWER_MS = 5000;

/** @param {{ data: OperatorSnapshot, link: Link }} props */
export function StateBar({ data, link }) {
  const [asked, setAsked] = useState(/** @type {string | null} */ (null));
  const { me } = data;
  /** @param {string} wanted */
  const ask = (wanted) => (wanted === "offline" ? leave("F8", () => tell(wanted)) : tell(wanted));
  /** @param {string} wanted */
  const tell = async (wanted) => {
    setAsked(wanted);
    if (wanted === "ready") askLeave();
    try { await post("/api/presence", { wanted }); } catch (error) { setAsked(null); sayError(error); }
  };
  useEffect(() => { if (asked === me.wanted) setAsked(null); }, [asked, me.wanted]);
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => {
      setAsked(null);
      sayError({ message: "Proses panggilan tidak menjawab: status belum berubah. Coba lagi." });
    }, ANSWER_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  useLayoutEffect(() => {
    /** @param {any} event */
    const keys = (event) => {
      const state = STATES.find(([, , key]) => event.key === key);
      if (!state || event.altKey || event.ctrlKey) return;
      event.preventDefault();
      if (!event.repeat) ask(state[0]); // a finger that stays on the key asks once
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  return html`<div class=${`states ${me.live}`} role="group" aria-label="Status tugas">
      ${STATES.map(([word, label, key]) =>
        html`<button type="button" class=${`button ${word} ${asked === word ? "asked" : ""}`}
        aria-pressed=${me.wanted === word ? "true" : "false"} disabled=${link !== "open"} onClick=${() => ask(word)}>
          ${label}${asked === word ? "…" : ""} <kbd>${key}</kbd></button>`)}
    </div>
    <${Phone} live=${me.live} />`;
}

/** @param {{ live: string }} props */
function Phone({ live }) {
  if (live === "offline") return html`<span class="phone-state none" role="status">Tidak bertugas</span>`;
  if (live === "unregistered") return null; // the red bar says it
  return html`<span class="phone-state ok" role="status">☎ <span class="roomy">Telepon</span> terdaftar</span>`;
}

/** @param {{ data: OperatorSnapshot }} props */
export function StateWarnings({ data }) {
  const calls = data.processes.find((process) => process.name === "calls");
  const escalate = data.processes.find((process) => process.name === "escalate");
  return html`
    ${calls && !calls.alive && html`<div class="bar bad" role="alert">
      <p>Proses panggilan tidak hidup. Panggilan masuk dijawab jalur cadangan dan tetap membunyikan telepon Anda; tombol
        status belum berlaku.</p></div>`}
    ${calls?.alive && !data.asterisk && html`<div class="bar bad" role="alert">
      <p>Asterisk tidak tersambung: panggilan mungkin tidak masuk. Hubungi petugas teknis sekarang.</p></div>`}
    ${data.me.live === "unregistered" && html`<${Unregistered} />`}
    ${escalate && !escalate.alive && html`<div class="bar bad" role="alert">
      <p>Eskalasi tidak hidup: OPD tidak didorong otomatis. Telepon OPD langsung.</p></div>`}
    ${escalate?.alive && data.pushing.late_since
      && html`<div class="bar bad" role="alert">
        <p>Dorongan ke OPD terlambat <${Since} at=${data.pushing.late_since} />. Telepon OPD langsung.</p></div>`}
    ${!data.gate.open && html`<div class="bar warn" role="status"><p>112 ${data.gate.reason}.</p></div>`}`;
}

function Unregistered() {
  const [how, setHow] = useState(/** @type {PhoneAccount | null} */ (null));
  const show = async () => {
    if (how) return setHow(null);
    try { setHow(await get("/api/phone")); } catch (error) { sayError(error); }
  };
  return html`<div class="bar bad" role="alert">
    <p>Telepon TIDAK terdaftar: panggilan tidak bisa masuk ke Anda. Nyalakan aplikasi telepon di komputer ini.</p>
    <button type="button" class="button slim" onClick=${show}>${how ? "Tutup" : "Cara mendaftar"}</button>
    ${how && html`<dl class="howto">
      <dt>Akun</dt><dd>${how.account}</dd><dt>Server</dt><dd>${how.host}:${how.port} (UDP atau TCP)</dd>
      <dt>Kata sandi</dt><dd>${how.password}</dd></dl>`}
  </div>`;
}

