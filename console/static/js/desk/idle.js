// @ts-check
// Between calls: first what came in the night, then a calm word on how things stand.
import { html, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { keep } from "../shared/keep.js";
import { Ask } from "../shared/card.js";
import { Messages } from "./lists.js";
import { Heard } from "./silent.js";
import { ring, ringWanted } from "../shared/siren.js";

/** @type {Record<string, string[]>} */
const WORDS = {
  ready: ["Siap", "Begitu telepon berdering, nomor penelepon dan formulir tiket muncul di sini."],
  paused: ["Jeda", "Panggilan tidak masuk ke Anda. Tekan Siap (F2) untuk menerima panggilan."],
  offline: ["Belum bertugas", "Tekan Siap (F2) untuk mulai menerima panggilan."],
  unregistered: ["Telepon belum terdaftar", "Nyalakan aplikasi telepon; setelah terdaftar Anda langsung siap."],
  listening: ["Mendengarkan", "«Ambil» menyambungkan Anda. Panggilan darurat tetap masuk ke Anda."],
  calling: ["Menelepon balik", "Telepon Anda berdering lebih dulu; setelah diangkat, nomornya dipanggil."],
  wrap_up: ["Lengkapi tiket", "Tekan Selesai bila tiket sudah lengkap."],
};

/** @param {{ data: OperatorSnapshot, open: (number: string | null) => void }} props */
export function Idle({ data, open }) {
  const [head, words] = WORDS[data.me.live] || ["", ""];
  const create = async () => open((await post("/api/tickets")).number);
  return html`
    <${Messages} rows=${data.messages} count=${data.counts.messages} open=${open} />
    <section class="card idle">
      <h2>${head}</h2>
      <p>${words}</p>
      <${Heard} rows=${data.silent} mine=${data.listening} />
      ${data.gate.open && html`<p class="small">112 ${data.gate.reason}.</p>`}
      ${data.me.live === "wrap_up" && html`<${Ask} label="Selesai, siap lagi" tone="ok"
        run=${() => post("/api/wrap-up/done")} />`}
      <${Ask} label="Tiket tanpa telepon" run=${create} />
      <${RingSwitch} />
    </section>`;
}

function RingSwitch() {
  const [on, setOn] = useState(ringWanted());
  const turn = () => { keep("ring", on ? "off" : "on"); setOn(!on); ring(); };
  return html`<label class="small"><input type="checkbox" checked=${on}
    onChange=${turn} /> Dering pelan juga di halaman ini</label>`;
}
