// @ts-check
// The place of an incident, drawn without a map: with its radius, and with this telephone's own place. Works without a
// signal.
import { html, useState } from "../../vendor/preact-htm.js";
import { sayError } from "../shared/toast.js";
import { place } from "../shared/words.js";

/** @typedef {{ lat: number, lon: number }} Point */

const W = 320;
const H = 170;
const EARTH_M = 6371000;
const NORTH = ["utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut"];
const RINGS = [50, 100, 250, 500, 1000, 2000, 5000, 10000, 25000, 50000, 100000];
/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;

/** @param {{ task: Task }} props */
export function Locator({ task }) {
  const [here, setHere] = useState(/** @type {Point | null} */ (null));
  const [busy, setBusy] = useState(false);
  const where = task.where;
  const text = place(task);
  if (!where) return text ? html`<a class="button slim quiet"
    href=${`https://www.openstreetmap.org/search?query=${encodeURIComponent(text)}`} target="_blank"
    rel="noopener noreferrer">Cari di peta ↗</a>` : null;
  const find = () => {
    setBusy(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { setHere({ lat: coords.latitude, lon: coords.longitude }); setBusy(false); },
      () => {
        setBusy(false);
        sayError({ message: "Posisi telepon ini tidak diketahui. Izinkan lokasi untuk halaman ini." });
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  };
  const at = `${where.lat},${where.lon}`;
  return html`<div class="locator">
    <${Drawing} where=${where} here=${here} />
    <p class="small"><strong>${where.words}</strong>${where.note ? ` – ${where.note}` : ""}
      · <span class="num">${where.lat.toFixed(5)}, ${where.lon.toFixed(5)}</span>
      ${here && html` · <strong>${metres(distance(where, here))} ke ${NORTH[Math.round(bearing(here, where) / 45) % 8]}
        </strong>`}</p>
    <div class="pair">
      <a class="button slim" href=${`geo:${at}?q=${at}`}>Buka di peta</a>
      <a class="button slim quiet"
        href=${`https://www.openstreetmap.org/?mlat=${where.lat}&mlon=${where.lon}#map=17/${where.lat}/${where.lon}`}
        target="_blank" rel="noopener noreferrer">OpenStreetMap ↗</a>
      ${navigator.geolocation && html`<button type="button" class="button slim quiet" disabled=${busy} onClick=${find}>
        ${busy ? "Mencari…" : "Jarak dari sini"}</button>`}
    </div></div>`;
}

/** @param {{ where: StandingPosition, here: Point | null }} props */
function Drawing({ where, here }) {
  const far = here ? distance(where, here) : 0;
  const radius = where.radius_m || 0;
  const widest = Math.max(far * 1.25, radius * 1.2, 100);
  const scale = (H / 2 - 8) / widest;
  const [dx, dy] = here ? offset(where, here) : [0, 0];
  const ring = RINGS.filter((size) => size * scale <= H / 2 - 4).pop() || RINGS[0];
  return html`<svg viewBox=${`0 0 ${W} ${H}`} role="img"
    aria-label=${here ? `Tempat kejadian ${metres(far)} dari sini` : "Tempat kejadian"}>
    <g class="rings"><circle cx=${W / 2} cy=${H / 2} r=${ring * scale} />
      <circle cx=${W / 2} cy=${H / 2} r=${(ring * scale) / 2} />
      <path d=${`M${W / 2} 0V${H}M0 ${H / 2}H${W}`} /></g>
    ${radius > 0 && html`<circle class="off" cx=${W / 2} cy=${H / 2} r=${radius * scale} />`}
    ${here && html`<path class="way" d=${`M${W / 2} ${H / 2}l${dx * scale} ${-dy * scale}`} />
      <circle class="here" cx=${W / 2 + dx * scale} cy=${H / 2 - dy * scale} r="6" />`}
    <circle class="there" cx=${W / 2} cy=${H / 2} r="7" />
    <text x=${W / 2 + 5} y="13">U</text><text x=${W - 6} y=${H - 7} text-anchor="end">lingkaran ${metres(ring)}</text>
  </svg>`;
}

/**
 * Metres east and north of `from`: flat enough for a county.
 * @param {Point} from
 * @param {Point} to
 */
const offset = (from, to) => [radians(to.lon - from.lon) * Math.cos(radians(from.lat)) * EARTH_M,
  radians(to.lat - from.lat) * EARTH_M];
/**
 * @param {Point} from
 * @param {Point} to
 */
const distance = (from, to) => Math.hypot(...offset(from, to));
/**
 * @param {Point} from
 * @param {Point} to
 */
const bearing = (from, to) => {
  const [east, north] = offset(from, to);
  return (Math.atan2(east, north) * 180 / Math.PI + 360) % 360;
};
/** @param {number} value */
const metres = (value) => (value < 1000 ? `${Math.round(value)} m`
  : `${(value / 1000).toFixed(value < 10000 ? 1 : 0).replace(".", ",")} km`);
