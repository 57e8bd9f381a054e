// @ts-check
// The store's words as the screen names them.
/** @type {Words} */
export const LANES = { urgent: "Darurat", normal: "Biasa", unverified: "Belum terverifikasi", silent: "Hening" };
// Signs of an emergency on a report that nobody has sent.
/** @type {Words} */
export const SIGNS = { emergency: "darurat", category: "kategori darurat", returned: "dikembalikan OPD",
  words: "kata darurat", message: "pesan terekam", lane: "jalur darurat" };
/** @type {Words} */
export const LANGUAGES = { jv: "bahasa Jawa" };
/** @type {Words} */
export const STAGES = {
  arrived: "Masuk", closed: "Di luar jam buka", menu: "Menu", challenge: "Tantangan", waiting: "Menunggu",
    ringing: "Berdering", talking: "Bicara",
  recording: "Merekam pesan", ended: "Berakhir",
};
/** @type {Words} */
export const LIVE = {
  offline: "Tidak bertugas", unregistered: "Telepon tidak terdaftar", paused: "Jeda", ready: "Siap",
    ringing: "Berdering",
  listening: "Mendengarkan", talking: "Bicara", calling: "Menelepon balik", wrap_up: "Melengkapi tiket",
};
/** @type {Words} */
export const STATES = {
  dikirim: "Belum dijawab", diterima: "Diterima", berangkat: "Berangkat", di_lokasi: "Di lokasi", selesai: "Selesai",
  ditolak: "Ditolak lewat telepon", bukan_wewenang: "Bukan wewenang", dibatalkan: "Dibatalkan",
};
/** @type {Words} */
export const KINDS = {
  emergency: "Darurat", complaint: "Aduan", information: "Informasi", prank: "Prank", silent: "Hening",
    unknown: "Belum digolongkan",
};
/** @type {Words} */
export const VERDICTS = { genuine: "asli", prank: "prank", information: "informasi", silent: "hening" };
/** @type {Words} */
export const STATUSES = { open: "Terbuka", dispatched: "Dikirim ke OPD", done: "Selesai", closed: "Ditutup" };
/** @type {Words} */
export const OUTCOMES = {
  talked: "Dijawab", message: "Pesan terekam", abandoned: "Menutup sebelum dijawab", after_hours: "Di luar jam buka",
  silent: "Hening", cut: "Terputus karena gangguan", failed: "Gagal", failsafe: "Jalur cadangan",
  refused: "Ditolak Asterisk",
};
/** @type {Words} */
export const SOURCES = { call: "telepon", agi: "telepon (jalur cadangan)", asterisk: "telepon (Asterisk saja)",
  web: "tanpa telepon", refused: "panggilan yang ditolak" };
/** @type {Words} */
export const PROCESSES = { calls: "Panggilan", agi: "Cadangan", escalate: "Eskalasi", console: "Konsol",
  steward: "Penjaga" };
/** @type {Words} */
export const CHANNELS = { page: "halaman", webpush: "pemberitahuan ponsel", call: "telepon", apprise: "pesan",
  webhook: "webhook", speaker: "pengeras suara", link: "tautan", operator: "catatan operator",
  command: "catatan pusat kendali", admin: "catatan admin", radio: "radio" };

// The ways in which a supervisor takes part in a talk.
/** @type {Words} */
export const HEARS = { listen: "mendengarkan", whisper: "berbisik", join: "ikut bicara" };

/** @type {Words} */
const LANE_TONES = { urgent: "soft-act", normal: "info", unverified: "wait" };
/** @type {Words} */
const STATE_TONES = { dikirim: "act", ditolak: "act", diterima: "wait", berangkat: "wait", di_lokasi: "info",
  selesai: "ok" };
/** @type {Words} */
const LIVE_TONES = { ready: "ok", talking: "info", listening: "info", calling: "info", ringing: "act", paused: "wait",
  wrap_up: "wait", unregistered: "soft-act" };

/** @param {string | null} lane */
export const laneTone = (lane) => LANE_TONES[lane || ""] || "";
/** @param {string} state */
export const stateTone = (state) => STATE_TONES[state] || "";
/** @param {string} live */
export const liveTone = (live) => LIVE_TONES[live] || "";

/**
 * «0812-3456-7890», «(0291) 591 234»; what is no number stays as it is.
 * @param {string | null | undefined} text
 */
export function phone(text) {
  if (!text) return "";
  const national = text.replace(/^\+62/, "0");
  if (/^08\d{7,11}$/.test(national)) return national.replace(/^(\d{4})(\d{4})(\d*)$/, "$1-$2-$3").replace(/-$/, "");
  if (/^0\d{8,11}$/.test(national)) return `${national.slice(0, 4)}-${national.slice(4)}`;
  return text;
}

/**
 * What to know of a caller's number before ringing it, in a few words; empty for an ordinary one.
 * @param {{ callable: boolean, caller: { why: string | null } }} call
 */
export function numberMark({ callable, caller }) {
  if (!callable) return "tidak bisa ditelepon balik";
  if (caller.why?.startsWith("tidak pasti")) return "nomor tidak pasti";
  return caller.why?.includes("disembunyikan penelepon") ? "nomor disembunyikan penelepon" : "";
}

/** @param {{ address?: string | null, desa?: string | null, kecamatan?: string | null }} row */
export const place = (row) => [row.address, row.desa, row.kecamatan && `Kec. ${row.kecamatan}`].filter(Boolean)
  .join(", ");

/** @param {string} text */
export const sentence = (text) => text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "";
