// @ts-check
// The numbers on top of the wall: today, and what waits right now.
import { html } from "../../vendor/preact-htm.js";
import { Since } from "../shared/time.js";

/** @param {{ data: OverviewSnapshot }} props */
export function Tiles({ data }) {
  const { calls, finished } = data.counts;
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  /**
   * @param {number | string} value
   * @param {unknown} label
   * @param {boolean} [hot]
   */
  const tile = (value, label, hot = false) =>
    html`<div class=${`card tile ${hot ? "hot" : ""}`}><div class="value">${value}</div>
      <div class="what">${label}</div></div>`;
  const { unanswered, unsent, queue } = data;
  const since = [unanswered.oldest, unsent.oldest].filter(Boolean).sort()[0];
  const waits = unanswered.count + unsent.count;
  return html`<section class="tiles" aria-label="Angka hari ini">
    ${tile(unsent.count, unsent.count ? html`darurat belum dikirim · <${Since} at=${unsent.oldest} />`
      : "darurat belum dikirim", unsent.count > 0)}
    ${tile(waits, waits ? html`belum dijawab${unsent.count ? ` · ${unsent.count} belum dikirim` : ""} · <${Since}
      at=${since} />` : "tugas belum dijawab", waits > 0)}
    ${tile(queue.urgent, queue.urgent ? html`penelepon darurat menunggu · <${Since} at=${queue.oldest} />`
      : `penelepon darurat menunggu${queue.count ? ` · ${queue.count} lainnya` : ""}`, queue.urgent > 0)}
    ${tile(data.work_count, data.wadul.new ? `tiket dikerjakan · ${data.wadul.new} aduan masuk` : "tiket dikerjakan")}
    ${tile(total, "panggilan hari ini")}
    ${tile(calls.talked || 0, "dijawab operator")}
    ${tile(calls.abandoned || 0,
      `menutup sebelum dijawab · ${calls.message || 0} pesan${calls.cut ? ` · ${calls.cut} terputus` : ""}`)}
    ${tile((finished.emergency || 0) + (finished.complaint || 0), `tiket selesai · ${finished.prank || 0} prank`)}
  </section>`;
}
