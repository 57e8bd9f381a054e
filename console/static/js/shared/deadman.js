// @ts-check
// The page raises the alarm itself when the server tells it nothing any more: the wall loudly, desks in a calmer way.
import { html, useEffect, useRef } from "../../vendor/preact-htm.js";
import { calm, flash } from "./attention.js";
import { warn } from "./siren.js";
import { moment, useSecond } from "./time.js";

const LOST_MS = 10000; // the server says something at least every 5 s
const TICKS = 3; // a computer that wakes from sleep gets this long to reconnect before anybody is alarmed
/** @type {Record<string, number>} */
const SOUND_MS = { overview: 2000, opd: 15000, operator: 60000 };
/** @type {Words} */
const SAYS = {
  overview: "HALAMAN INI TIDAK MENERIMA KABAR. Yang terlihat di bawah sudah lama. Periksa komputer server dan "
    + "jaringan; 112 tetap dijawab selama Asterisk hidup.",
  operator: "Belum tersambung lagi ke server. Telepon Anda tetap berdering: layani penelepon, catat laporan "
    + "di kertas, dan telepon OPD langsung.",
  opd: "Belum tersambung lagi ke server: tugas baru tidak masuk ke sini. Hubungi pusat kendali 112 lewat telepon.",
};
const LOST = "Belum tersambung lagi ke server. Yang terlihat di bawah mungkin sudah berubah.";

/**
 * Since when the server has been silent for too long, or null.
 * @param {string} page
 * @param {import("./live.js").Live} live
 */
export function useSilence(page, live) {
  useSecond();
  const ticks = useRef(0);
  ticks.current = Date.now() - live.newsAt > LOST_MS ? ticks.current + 1 : 0;
  const since = ticks.current >= TICKS ? live.newsAt : null;
  useEffect(() => {
    document.body.dataset.deadman = since ? "lost" : "";
    if (!since || !SOUND_MS[page]) return;
    flash("● TERPUTUS", "deadman");
    warn();
    const timer = setInterval(warn, SOUND_MS[page]);
    return () => { clearInterval(timer); calm("deadman"); };
  }, [Boolean(since)]);
  return since;
}

/** @param {{ page: string, since: number }} props */
export function SilenceBar({ page, since }) {
  return html`<div class=${`bar bad ${page === "overview" ? "shout" : ""}`} role="alert"><p>${SAYS[page]
    || LOST} <span class="small">Kabar terakhir ${moment(new Date(since).toISOString())}.</span></p></div>`;
}

/**
 * Sounds while `wrong` says that a part of the program is dead.
 * @param {boolean} wrong
 */
export function useAlarm(wrong) {
  useEffect(() => {
    if (!wrong) return;
    document.body.dataset.alarm = "on";
    flash("● SISTEM BERMASALAH", "alarm");
    warn();
    const timer = setInterval(warn, 5000);
    return () => { clearInterval(timer); calm("alarm"); document.body.dataset.alarm = ""; };
  }, [wrong]);
}
