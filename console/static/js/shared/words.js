// What the store's words are called on the screen.
export const LANES = { urgent: "Darurat", normal: "Biasa", unverified: "Belum terverifikasi", silent: "Hening" };
export const STAGES = {
  arrived: "Masuk", closed: "Di luar jam buka", menu: "Menu", challenge: "Tantangan", waiting: "Menunggu",
    ringing: "Berdering", talking: "Bicara",
  recording: "Merekam pesan", ended: "Berakhir",
};
export const LIVE = {
  offline: "Tidak bertugas", unregistered: "Telepon tidak terdaftar", paused: "Jeda", ready: "Siap",
    ringing: "Berdering",
  listening: "Mendengarkan", talking: "Bicara", calling: "Menelepon balik", wrap_up: "Melengkapi tiket",
};
export const STATES = {
  dikirim: "Belum dijawab", diterima: "Diterima", berangkat: "Berangkat", di_lokasi: "Di lokasi", selesai: "Selesai",
  ditolak: "Ditolak lewat telepon", bukan_wewenang: "Bukan wewenang", dibatalkan: "Dibatalkan",
};
export const KINDS = {
  emergency: "Darurat", complaint: "Aduan", information: "Informasi", prank: "Prank", silent: "Hening",
    unknown: "Belum digolongkan",
};
export const VERDICTS = { genuine: "asli", prank: "prank", information: "informasi", silent: "hening" };
export const STATUSES = { open: "Terbuka", dispatched: "Dikirim ke OPD", done: "Selesai", closed: "Ditutup" };
export const OUTCOMES = {
  talked: "Dijawab", message: "Pesan terekam", abandoned: "Menutup sebelum dijawab", after_hours: "Di luar jam buka",
  silent: "Hening", cut: "Terputus karena gangguan", failed: "Gagal", failsafe: "Jalur cadangan",
};
export const SOURCES = { call: "telepon", agi: "telepon (jalur cadangan)", asterisk: "telepon (Asterisk saja)",
  web: "tanpa telepon" };
export const PROCESSES = { calls: "Panggilan", agi: "Cadangan", escalate: "Eskalasi", console: "Konsol",
  steward: "Penjaga" };
export const CHANNELS = { page: "halaman", webpush: "pemberitahuan ponsel", call: "telepon", apprise: "pesan",
  webhook: "webhook", speaker: "pengeras suara", link: "tautan", operator: "catatan operator",
  command: "catatan pusat kendali", admin: "catatan admin" };

export const laneTone = (lane) => ({ urgent: "soft-act", normal: "info", unverified: "wait" })[lane] || "";
export const stateTone = (state) => ({
  dikirim: "act", ditolak: "act", diterima: "wait", berangkat: "wait", di_lokasi: "info", selesai: "ok",
})[state] || "";
export const liveTone = (live) => ({ ready: "ok", talking: "info", listening: "info", calling: "info", ringing: "act",
  paused: "wait", wrap_up: "wait", unregistered: "soft-act" })[live] || "";

// «0812-3456-7890», «(0291) 591 234»; what is no number stays as it is.
export function phone(text) {
  if (!text) return "";
  const national = text.replace(/^\+62/, "0");
  if (/^08\d{7,11}$/.test(national)) return national.replace(/^(\d{4})(\d{4})(\d*)$/, "$1-$2-$3").replace(/-$/, "");
  if (/^0\d{8,11}$/.test(national)) return `${national.slice(0, 4)}-${national.slice(4)}`;
  return text;
}

export const place = (row) => [row.address, row.desa, row.kecamatan && `Kec. ${row.kecamatan}`].filter(Boolean)
  .join(", ");

export const sentence = (text) => text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "";
