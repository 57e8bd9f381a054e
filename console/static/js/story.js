// The journal in sentences; rows of one kind that follow each other are told once.
import { CHANNELS, KINDS, LANES, STATES } from "./words.js";

const FIELDS = { kind: "jenis", category: "kategori", kecamatan: "kecamatan", desa: "desa", address: "alamat", description: "uraian", reporter_name: "nama pelapor", reporter_number: "nomor pelapor" };
const via = (channel) => CHANNELS[channel] || channel;

const TELL = {
  "call.arrived": (d) => (d.anonymous ? "panggilan masuk tanpa nomor" : `panggilan masuk dari ${d.number}`),
  "call.gate": (d) => d.reason,
  "call.lane": (d) => `masuk jalur ${(LANES[d.lane] || d.lane || "").toLowerCase()}`,
  "call.waiting": (d) => `menunggu di jalur ${(LANES[d.lane] || d.lane || "").toLowerCase()}`,
  "operator.ringing": (d) => `telepon operator ${d.operator} berdering`,
  "operator.missed": (d) => `operator ${d.operator} tidak menjawab`,
  "operator.took": (d) => `diambil operator ${d.operator}`,
  "operator.lost": (d) => `telepon operator ${d.operator} terputus`,
  "call.talking": (d) => `bicara dengan operator ${d.operator}`,
  "call.ended": (d) => `panggilan berakhir`,
  "call.message": (d) => `pesan terekam${d.seconds ? `, ${Math.round(d.seconds)} detik` : ""}`,
  "callback.opened": (d) => `tugas telepon balik: ${d.reason}`,
  "callback.done": () => "sudah ditelepon balik",
  "ticket.created": () => "tiket dibuat",
  "ticket.updated": (d) => `tiket diisi: ${Object.keys(d).map((name) => (name === "kind" ? `${FIELDS.kind} ${KINDS[d.kind] || d.kind}` : FIELDS[name] || name)).join(", ") || "tanpa perubahan"}`,
  "ticket.dispatched": (d) => `dikirim ke ${d.opd}`,
  "ticket.done": () => "semua penugasan selesai",
  "ticket.reopened": () => "tiket terbuka lagi: tidak ada OPD yang menangani",
  "ticket.closed": (d) => `tiket ditutup${d.note ? `: ${d.note}` : ""}`,
  "assignment.acknowledged": (d) => `${d.opd}: ${STATES[d.state] || d.state} lewat ${via(d.via)}${d.note ? ` – ${d.note}` : ""}`,
  "assignment.moved": (d) => `${d.opd}: ${STATES[d.state] || d.state}${d.note ? ` – ${d.note}` : ""}`,
  "assignment.attached": (d) => (d.kind === "photo" ? `${d.opd || "OPD"} menambah foto` : "tautan ditambahkan"),
  "push.sent": (d) => `${d.contact} didorong lewat ${via(d.channel)}`,
  "push.failed": (d) => `gagal mendorong ${d.contact} lewat ${via(d.channel)}: ${d.error}`,
};
const QUIET = new Set(["call.unexpected", "operator.presence", "request.take", "request.wrap_up_done", "call.step"]);

// [{at, text, who, times}] oldest first
export function told(rows, reference) {
  const lines = [];
  for (const row of rows) {
    if (QUIET.has(row.kind)) continue;
    const tell = TELL[row.kind];
    const text = tell ? tell(named(row.data, reference)) : row.kind;
    const last = lines[lines.length - 1];
    if (last && last.text === text) { last.times += 1; last.at = row.at; continue; }
    lines.push({ at: row.at, text, who: who(row.actor), times: 1 });
  }
  return lines.map((one) => ({ ...one, text: one.times > 1 ? `${one.text} (${one.times}×)` : one.text }));
}

// Codes of agencies and contacts by the names that people know.
function named(data, reference) {
  const opd = reference.opds.find((one) => one.code === data.opd);
  return { ...data, ...(opd && { opd: opd.short }), ...(data.contact && { contact: reference.contacts[data.contact] || data.contact }) };
}

const who = (actor) => { const [kind, ...name] = (actor || "").split(":"); return kind === "user" || kind === "contact" ? name.join(":") : ""; };
