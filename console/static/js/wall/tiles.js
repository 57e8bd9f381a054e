// @ts-check
// The numbers on top of the wall: today, and what waits right now.
import { html } from "../../vendor/preact-htm.js";
import { Since } from "../shared/time.js";
import { percent } from "./figures.js";

/** @param {{ data: OverviewSnapshot }} props */
export function Tiles({ data }) {
  const { calls, finished } = data.counts;
  const screened = data.screening;
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  /**
   * @param {number | string} value
   * @param {unknown} label
   * @param {boolean} [hot]
   */
  const tile = (value, label, hot = false) =>
    html`<div class=${`card tile ${hot ? "hot" : ""}`}><div class="value">${value}</div>
      <div class="what">${label}</div></div>`;
  return html`<section class="tiles" aria-label="Angka hari ini">
    ${tile(data.unanswered.count, data.unanswered.count
      ? html`tugas belum dijawab · <${Since} at=${data.unanswered.oldest} />` : "tugas belum dijawab",
      data.unanswered.count > 0)}
    ${tile(data.work_count, data.wadul.new ? `tiket dikerjakan · ${data.wadul.new} aduan masuk` : "tiket dikerjakan")}
    ${tile(total, "panggilan hari ini")}
    ${tile(calls.talked || 0, "dijawab operator")}
    ${tile(calls.abandoned || 0,
      `menutup sebelum dijawab · ${calls.message || 0} pesan${calls.cut ? ` · ${calls.cut} terputus` : ""}`)}
    ${tile(percent(screened.pranks_that_rang.share), "prank sampai ke operator")}
    ${tile(screened.genuine_lost.k, "asli tidak terlayani", screened.genuine_lost.k > 0)}
    ${tile((finished.emergency || 0) + (finished.complaint || 0), `tiket selesai · ${finished.prank || 0} prank`)}
  </section>`;
}
