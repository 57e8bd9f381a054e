// @ts-check
// The journal in sentences; rows of one kind that follow each other are told once.
import { COMPLAINTS, grouped } from "../shared/tracking.js";
import { fieldName } from "../shared/changes.js";
import { CHANNELS, KINDS, LANES, OUTCOMES, STAGES, STATES, STATUSES, VERDICTS, phone } from "../shared/words.js";
import { short, withValues, withoutRepeats } from "./folding.js";
import { nameOf } from "../shared/people.js";
import { clock, moment } from "../shared/time.js";

/** @typedef {Record<string, any>} Facts The facts of a journal row; which there are depends on its kind. */

/** @type {Words} */
export const FIELDS = { kind: "jenis", category: "kategori", kecamatan: "kecamatan", desa: "desa", address: "alamat",
  description: "uraian", reporter_name: "nama pelapor", reporter_number: "nomor pelapor" };
/** @type {Words} */
const UNHEARD = { busy: "sedang dipakai", unreachable: "tidak terjangkau", lost: "terputus saat berdering",
  cancelled: "berhenti berdering", forwarded: "mengalihkan panggilan; matikan pengalihan di telepon itu" };
/** @param {Facts} d */
const missed = (d) => (UNHEARD[d.reason] ? `telepon operator ${d.operator} ${UNHEARD[d.reason]}`
  : `operator ${d.operator} ${d.reason === "declined" ? "menolak panggilan" : "tidak menjawab"}`);
/** @type {Words} */
const FAILSAFE = { stasis: "proses panggilan tidak hidup", timeout: "proses panggilan tidak menjawab",
  continue: "proses panggilan melepas panggilan" };
/** @type {Words} */
const DOUBTS = { reputation: "reputasi nomor", flood: "banjir panggilan" };
/** @param {string} channel */
const via = (channel) => CHANNELS[channel] || channel;
/** @param {string} word */
const stage = (word) => `«${STAGES[word] || word}»`;
/** @param {Facts} d */
const message = (d) => `pesan terekam${Number(d.seconds) > 0 ? `, ${Math.round(d.seconds)} detik` : ""}`;
/** @param {string} word */
const ended = (word) => (word && word !== "talked" ? `: ${(OUTCOMES[word] || word).toLowerCase()}` : "");

/** @type {Words} */
const TRIED = { talked: "bicara", no_answer: "tidak diangkat", busy: "sedang sibuk", declined: "ditolak",
  failed: "sambungan gagal", cancelled: "dibatalkan" };
/** @param {Facts} d */
const tried = (d) => `telepon balik: ${TRIED[d.outcome] || d.outcome}`
  + `${d.seconds ? `, ${Math.round(d.seconds)} detik` : ""}${d.note ? ` – ${d.note}` : ""}`;
/** @type {Words} */
const HEARD = { ringing: "berdering", answered: "diangkat" };
/** @type {Record<string, (name: string) => string>} */
const LISTENS = {
  listen: (name) => `${name} mendengarkan`, whisper: (name) => `${name} berbisik kepada operator`,
  join: (name) => `${name} ikut berbicara`,
};

/**
 * @param {string} name
 * @param {Facts} d
 */
const field = (name, d) => (name === "kind" ? `${FIELDS.kind} ${KINDS[d.kind] || d.kind}` : FIELDS[name] || name);
/** @param {Facts} d */
const filled = (d) => Object.keys(d).map((name) => field(name, d)).join(", ");
/**
 * «alamat: Margoyoso → Purwogondo»
 * @param {Facts} change
 */
const edited = ({ field: name, from, to }) => {
  if (!to) return from ? `${FIELDS[name] || name}: ${short(from)} → dikosongkan` : FIELDS[name] || name;
  return `${FIELDS[name] || name}: ${from ? `${short(from)} → ` : ""}${short(to)}`;
};
/** @param {Facts} way */
const tries = (way) => `${way.contact} lewat ${via(way.channel)} ${way.times}×`;
/** @param {Facts} d */
const late = (d) => (d.acted_at ? ` (ditekan ${moment(d.acted_at)}, terkirim kemudian)` : "");

/** @param {Facts} d */
const replied = (d) => {
  const parts = [d.state && (COMPLAINTS[d.state] || d.state), d.theirs && `nomor ${d.theirs}`];
  return parts.filter(Boolean).join(", ") || "menjawab";
};

/** @type {Words} */
const AUDIENCES = { desk: "meja operator", room: "semua meja", command_centre: "pusat kendali" };
/** @type {Words} */
const POSITION_SOURCES = { point: "dari titik yang ditempel", landmark: "dari patokan", desa: "dari desanya" };
/** @type {Words} */
const UNSENT_ENDS = { sent: ": dikirim", accepted: ": diterima OPD", merged: ": digabung", filed: ": masuk Wadul",
  closed: ": tiket ditutup", done: ": selesai", edited: ": bukan darurat", prank: ": prank",
  talked_out: ": selesai lewat telepon", other: ": alasan lain" };

/** @type {Record<string, (d: Facts) => string>} */
const TELL = {
  "call.arrived": (d) => (d.anonymous ? "panggilan masuk tanpa nomor" : `panggilan masuk dari ${phone(d.number)}`),
  "call.gate": (d) => d.reason,
  "call.doubt": (d) => `diragukan: ${DOUBTS[d.reason] || d.reason}`
    + `${d.sampled === "True" ? "; dilayani seperti biasa untuk mengukur penyaringan" : ""}`,
  "call.challenge": (d) => (d.result === "passed" ? "menekan dua angka yang diminta"
    : "tidak menekan dua angka yang diminta"),
  "call.lane": (d) => `masuk jalur ${(LANES[d.lane] || d.lane || "").toLowerCase()}`,
  "operator.ringing": (d) => `telepon operator ${d.operator} berdering`,
  "operator.missed": missed,
  "operator.took": (d) => `diambil operator ${d.operator}`,
  "operator.listening": (d) => (LISTENS[d.mode] || LISTENS.listen)(d.operator),
  "operator.listened": (d) => `${d.operator} selesai mendengarkan, ${Math.round(d.seconds)} detik`,
  "operator.lost": (d) => `telepon operator ${d.operator} terputus; penelepon ditahan untuk operator lain`,
  "operator.dropped": (d) => `telepon operator ${d.operator} menutup setelah ${String(d.seconds).replace(/\.0$/, "")
    .replace(".", ",")} detik; penelepon tetap di antrean`,
  "operator.finished": (d) => `diakhiri operator ${d.operator}`,
  "call.talking": (d) => `bicara dengan operator ${d.operator}`,
  "call.cut": (d) => `terputus karena gangguan Asterisk, pada tahap ${stage(d.stage)}; tidak ada yang menutup`,
  "call.ended": (d) => `panggilan berakhir${ended(d.outcome)}`,
  "trunk.trouble": (d) => d.sentence,
  "trunk.well": (d) => `trunk ${d.trunk} melayani lagi`,
  "call.refused": (d) => `Asterisk menolak panggilan dari ${d.trunk || "luar"}: ${d.reason}`,
  "call.deaf": (d) => `suara dari ${d.side === "operator" ? "telepon operator" : "penelepon"} terputus`,
  "call.heard_again": (d) => `suara dari ${d.side === "operator" ? "telepon operator" : "penelepon"} terdengar lagi`,
  "call.stream_restarted": (d) => `aliran suara dari ${d.side === "operator" ? "telepon operator" : "penelepon"} `
    + "dimulai ulang oleh jaringan; disambungkan lagi",
  "call.replaced": () => "penelepon menelepon lagi; panggilan ini digantikan yang baru",
  "call.replaces": () => "menggantikan panggilan sebelumnya dari nomor yang sama, yang sudah tidak bersuara",
  "call.held": () => "penelepon ditahan dan mendengar musik",
  "call.resumed": () => "percakapan dilanjutkan",
  "call.transferred": (d) => `dialihkan ${d.by ? `${d.by} ` : ""}ke operator ${d.operator}${d.note ? `: ${d.note}`
    : ""}`,
  "call.message": message,
  "call.message_lost": () => "pesan tidak terekam",
  "call.restored": (d) => `diteruskan setelah proses panggilan sempat hilang, pada tahap ${stage(d.stage)}`,
  "call.unexpected": (d) => `isyarat ${d.event} diabaikan pada tahap ${stage(d.stage)}`,
  "call.left_to_failsafe": () => "proses panggilan melepas panggilan ke jalur cadangan",
  "call.voice": (d) => (d.heard === "knocks" ? "terdengar ketukan di telepon" : "terdengar suara orang"),
  "call.noise": () => "terdengar bising, bukan suara orang",
  "call.unheard": (d) => `suara tidak bisa diperiksa (${d.why}): dianggap orang`,
  "call.failsafe": (d) => `dijawab jalur cadangan${FAILSAFE[d.reason] ? `: ${FAILSAFE[d.reason]}` : ""}`,
  "failsafe.key": (d) => (d.key ? `menekan ${d.key} di jalur cadangan` : "tidak menekan tombol di jalur cadangan"),
  "failsafe.queue": (d) => "antre di jalur cadangan"
    + `${d.operators?.length ? ` untuk ${d.operators.join(", ")}` : "; semua telepon operator berdering"}`,
  "failsafe.message": (d) => `pesan direkam jalur cadangan${d.hung_up ? "; penelepon menutup sendiri" : ""}`,
  "callback.opened": (d) => `tugas telepon balik: ${d.reason}`,
  "callback.dialled": (d) => `ditelepon balik oleh ${d.operator}`,
  "callback.talking": (d) => `${d.operator} berbicara dengan yang ditelepon balik`,
  "callback.tried": tried,
  "callback.done": (d) => `sudah ditelepon balik${d.note ? `: ${d.note}` : ""}`,
  "callback.reopened": () => "telepon balik diurungkan: masih harus ditelepon",
  "ticket.judged": (d) => `dinilai ${VERDICTS[d.verdict] || d.verdict}`
    + `${d.before ? `, sebelumnya ${VERDICTS[d.before] || d.before}` : ""}${d.reason ? `: ${d.reason}` : ""}`,
  "ticket.unjudged": (d) => `penilaian ${VERDICTS[d.verdict] || d.verdict} diurungkan`
    + `${d.now ? `; berlaku lagi ${VERDICTS[d.now] || d.now}` : ""}`,
  "ticket.read_back": (d) => "dicatat kemudian: basis data tidak bisa ditulis saat panggilan masuk"
    + `${d.was ? `; nomor sementaranya ${d.was}` : ""}`,
  "ticket.created": () => "tiket dibuat",
  "ticket.updated": (d) => `tiket diisi: ${filled(d) || "tanpa perubahan"}`,
  "ticket.dispatched": (d) => `dikirim ke ${d.opd}${d.handed_on ? ` (berpindah ${d.handed_on}×)` : ""}`,
  "ticket.merged": (d) => `digabung ke ${d.master}`,
  "ticket.joined": (d) => `${d.merged} digabung ke sini`,
  "incident.settled": (d) => `diurus bersama ${Math.max(0, d.together - 1)} penelepon lain dari ${d.master}`,
  "ticket.split": (d) => `dipisahkan dari ${d.master}`,
  "ticket.parted": (d) => `${d.merged} dipisahkan dari sini`,
  "ticket.followed": (d) => `mengikuti ${d.master}: ${(STATUSES[d.status] || d.status).toLowerCase()}`,
  "ticket.done": () => "semua penugasan selesai",
  "ticket.reopened": (d) => (d.undone ? "tiket terbuka lagi: diurungkan" : d.reason ? `tiket dibuka lagi: ${d.reason}`
    : `tiket terbuka lagi${d.verdict ? "" : ": tidak ada OPD yang menangani"}`),
  "ticket.conflict": (d) =>
    `isian ${d.by.join(", ")} tidak ditimpa: ${d.fields.map((/** @type {string} */ name) => FIELDS[name]).join(", ")}`,
  "ticket.closed": (d) => `tiket ditutup${d.note ? `: ${OUTCOMES[d.note]?.toLowerCase() || d.note}` : ""}`,
  "assignment.acknowledged": (d) =>
    `${d.opd}: ${STATES[d.state] || d.state} lewat ${via(d.via)}${d.note ? ` – ${d.note}` : ""}${late(d)}`,
  "assignment.moved": (d) => `${d.opd}: ${STATES[d.state] || d.state}${d.note ? ` – ${d.note}` : ""}${late(d)}`,
  "assignment.undone": (d) => `${d.opd}: «${STATES[d.before] || d.before}» diurungkan, kembali `
    + `«${STATES[d.state] || d.state}»`,
  "assignment.amended": (d) => (d.change ? `${d.opd}: ${d.change.head} ${d.change.text}`
    : `${d.opd} diberi tahu perubahan ${fieldName(d.field || "")}`),
  "assignment.read": (d) => (d.to ? `${d.opd}: perubahan dibacakan lewat radio kepada ${d.to}`
    : `${d.opd}: perubahan dibaca lewat ${via(d.via)}`),
  "assignment.replanned": (d) => `${d.opd} didorong dengan tangga lain${d.note ? `: ${d.note}` : ""}`,
  "assignment.nudged": (d) => `${d.title} menanyakan ${d.opd}: didorong lagi seketika (${d.contacts.join(", ")})`,
  "assignment.known": (d) => `${d.contact} tahu dan menangani; tidak didorong sampai ${moment(d.until)}`,
  "assignment.settled": (d) => `${d.opd}: pengembalian sudah diurus 112${d.note ? ` – ${d.note}` : ""}`,
  "complaint.filed": (d) =>
    `masuk Wadul Bupati dengan nomor ${grouped(d.tracking)}${d.source === "sosial" ? ", dari media sosial" : ""}`,
  "complaint.moved": (d) => `aduan: ${COMPLAINTS[d.state] || d.state}`,
  "complaint.answered": (d) => `jawaban untuk pelapor: ${d.note || "(sudah dihapus)"}`,
  "complaint.told": (d) => `aplikasi Wadul pemerintah: ${replied(d)}`,
  "complaint.late": (d) => `aduan terlambat ${d.days} hari kerja; `
    + `${d.what === "pass_on" ? "diteruskan sendiri menurut usulan" : "kepala OPD dan pusat kendali didorong"}`,
  "complaint.undelivered": (d) => `tidak diterima aplikasi Wadul pemerintah: ${d.error}`,
  "complaint.resent": () => "dikirim ulang ke aplikasi Wadul pemerintah",
  "assignment.attached": (d) => (d.kind === "photo" ? `${d.opd || "OPD"} menambah foto` : "tautan ditambahkan"),
  "assignment.noted": (d) => `${d.opd}: ${d.note || "catatan dihapus"}${late(d)}`,
  "ticket.held": (d) => `ditahan, tidak dihapus: ${d.reason}`,
  "ticket.released": (d) => `tidak ditahan lagi: ${d.reason}`,
  "recording.played": (d) => (d.attempt ? "rekaman telepon balik diputar" : "rekaman diputar"),
  "push.sent": (d) => `${d.contact} didorong lewat ${via(d.channel)}${d.detail ? `: ${d.detail}` : ""}`,
  "push.heard": (d) => `${d.contact}: ${d.line} ${HEARD[d.what] || `tombol ${d.what.slice(4)}`}`,
  "push.seen": (d) => `${d.opd}: tampil di halaman, sirene berbunyi`,
  "link.opened": (d) => `${d.contact} membuka tautan`,
  "link.refused": (d) => `tautan untuk ${d.contact || "?"} ditolak: ${d.why}`,
  "push.unsent": (d) => (d.channel ? `belum dikirim ke OPD: ${d.ok ? "" : "gagal mendorong "}${d.contact}${d.ok
    ? " didorong" : ""} lewat ${via(d.channel)}: ${d.detail}`
    : `belum dikirim ke OPD: ${AUDIENCES[d.audience] || d.audience} didorong${d.pages ? ""
      : d.busy ? ", sedang menelepon: nada ditahan" : ", tidak ada halaman yang terbuka"}`),
  "unsent.known": (d) => `${d.contact} tahu dan menangani; tidak didorong sampai ${moment(d.until)}`,
  "unsent.begun": () => "belum dikirim ke OPD: dorongan dimulai",
  "unsent.ended": (d) => `dorongan untuk mengirim berhenti${UNSENT_ENDS[d.reason] || ""}`,
  "ticket.positioned": (d) => `titik dicatat ${POSITION_SOURCES[d.source] || ""}${d.radius_m
    ? `, ± ${Math.round(d.radius_m)} m` : ""}`,
  "ticket.unpositioned": () => "titik dihapus",
  "ticket.not_sent": (d) => `tidak dikirim ke OPD${UNSENT_ENDS[d.reason] || ""}${d.note ? ` – ${d.note}` : ""}`,
  "push.failed": (d) => `gagal mendorong ${d.contact} lewat ${via(d.channel)}: ${d.error}`,
};
/** @type {Record<string, (d: Facts) => string>} Rows that folding makes of several. */
const FOLDED = {
  "folded.edit": (d) => d.changes.map(edited).join("; "),
  "folded.failures": (d) => `${d.times} percobaan gagal menghubungi ${d.opd || "OPD"}, `
    + `${clock(d.since)}–${clock(d.until)}: ${d.ways.map(tries).join(", ")}`,
};
// Said by another row already: a request by what came of it.
const QUIET = new Set(["operator.presence", "request.presence", "request.take", "request.transfer", "request.finish",
  "request.listen", "request.listen_end", "request.callback", "request.reporter_call", "request.wrap_up_done"]);

/**
 * The journal as lines, oldest first; `every`: lines that say the same are not joined into one. `runs` are failures
 * that the server has counted.
 * @param {JournalRow[]} all
 * @param {Reference} reference
 * @param {boolean} [every]
 * @param {FailureRun[]} [runs]
 */
export function storyLines(all, reference, every = false, runs = []) {
  const rows = withValues(every ? all : withoutRepeats(all, runs));
  /** @type {{ at: Moment, text: string, person: string, times: number }[]} */
  const lines = [];
  for (const row of rows) {
    if (QUIET.has(row.kind)) continue;
    const tell = TELL[row.kind] || FOLDED[row.kind];
    const text = tell ? tell(named(row.data, reference)) : row.kind;
    const last = lines[lines.length - 1];
    if (!every && last && last.text === text) { last.times += 1; last.at = row.at; continue; }
    lines.push({ at: row.at, text, person: personOf(row.actor, reference), times: 1 });
  }
  return lines.map((line) => ({ ...line, text: line.times > 1 ? `${line.text} (${line.times}×)` : line.text }));
}

/**
 * Codes of agencies and contacts, and logins, by the names that people know.
 * @param {Facts} data
 * @param {Reference} reference
 */
function named(data, reference) {
  const opd = reference.opds.find((agency) => agency.code === data.opd);
  /** @param {string} contact */
  const known = (contact) => nameOf(reference, contact);
  /** @param {string} key */
  const people = (key) => data[key] && { [key]: Array.isArray(data[key]) ? data[key].map(known) : known(data[key]) };
  return { ...data, ...people("operator"), ...people("operators"), ...people("by"), ...people("contacts"),
    ...(opd && { opd: opd.short }), ...(data.contact && { contact: known(data.contact) }),
    ...(data.ways && { ways: data.ways.map((/** @type {Facts} */ way) => ({ ...way, contact: known(way.contact) })) }),
    ...(data.changes && { changes: data.changes.map((/** @type {Facts} */ change) => ({ ...change,
      from: valueOf(change.field, change.from, reference), to: valueOf(change.field, change.to, reference) })) }) };
}

/**
 * @param {string} name
 * @param {string | null} value
 * @param {Reference} reference
 */
const valueOf = (name, value, reference) => {
  if (!value) return null;
  if (name === "kind") return KINDS[value] || value;
  return name === "category" ? reference.categories?.find(({ code }) => code === value)?.name || value : value;
};

/**
 * @param {string} actor
 * @param {Reference} reference
 */
const personOf = (actor, reference) => {
  const [kind, ...name] = (actor || "").split(":");
  return kind === "user" || kind === "contact" ? nameOf(reference, name.join(":")) : "";
};
