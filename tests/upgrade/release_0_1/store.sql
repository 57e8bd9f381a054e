BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'tanggap112','0001-first','2026-11-30 01:31:19.801456+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'tanggap112','0002-push-failures','2026-11-30 01:31:19.802060+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'tanggap112','0003-verdicts','2026-11-30 01:31:19.803281+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'tanggap112','0004-listeners','2026-11-30 01:31:19.803509+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'tanggap112','0005-callback-tries','2026-11-30 01:31:19.803767+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'tanggap112','0006-spills','2026-11-30 01:31:19.803923+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'tanggap112','0007-holds-sessions-links','2026-11-30 01:31:19.814179+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'tanggap112','0009-ladders-absences','2026-11-30 01:31:19.814806+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'tanggap112','0011-link-devices','2026-11-30 01:31:19.815350+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'tanggap112','0013-complaints','2026-11-30 01:31:19.815616+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'tanggap112','0014-wadul-outbox','2026-11-30 01:31:19.815894+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'tanggap112','0012-agency-app','2026-11-30 01:31:19.831299+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'tanggap112','0010-merges','2026-11-30 01:31:19.831715+00:00');
INSERT INTO "_sqlite_migrations" VALUES(14,'tanggap112','0015-test-pushes','2026-11-30 01:31:19.832031+00:00');
INSERT INTO "_sqlite_migrations" VALUES(15,'tanggap112','0016-webpush','2026-11-30 01:31:19.832208+00:00');
CREATE TABLE absences (
    contact TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT,
    by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "absences" VALUES('damkar.piket','2026-11-22T05:00:00.000000+00:00','2026-11-22T13:00:00.000000+00:00','admin','cuti');
CREATE TABLE assignments (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets(number),
    opd TEXT NOT NULL,
    state TEXT NOT NULL,
    dispatched_at TEXT NOT NULL,
    dispatched_by TEXT NOT NULL,
    follow_up_s REAL NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    via TEXT,
    updated_at TEXT NOT NULL,
    ended_at TEXT,
    note TEXT
) STRICT;
INSERT INTO "assignments" VALUES(1,'T-20261122-0001','damkar','dikirim','2026-11-22T05:00:00.000000+00:00','sari',600.0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',NULL,NULL);
INSERT INTO "assignments" VALUES(2,'T-20261122-0001','polres','diterima','2026-11-22T05:00:00.000000+00:00','sari',600.0,'2026-11-22T05:00:00.000000+00:00','polres','page','2026-11-22T05:00:00.000000+00:00',NULL,NULL);
INSERT INTO "assignments" VALUES(3,'T-20261122-0001','pmi','berangkat','2026-11-22T05:00:00.000000+00:00','sari',900.0,'2026-11-22T05:00:00.000000+00:00','pmi','page','2026-11-22T05:00:00.000000+00:00',NULL,NULL);
INSERT INTO "assignments" VALUES(4,'T-20261122-0001','bpbd','selesai','2026-11-22T05:00:00.000000+00:00','sari',900.0,'2026-11-22T05:00:00.000000+00:00','bpbd','page','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00',NULL);
INSERT INTO "assignments" VALUES(5,'T-20261122-0002','dpupr','dikirim','2026-11-22T05:00:00.000000+00:00','sari',600.0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',NULL,NULL);
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    kind TEXT NOT NULL CHECK (kind IN ('photo', 'link')),
    value TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL
, taken_at TEXT, lat REAL, lon REAL) STRICT;
INSERT INTO "attachments" VALUES(1,3,'photo','2026/11/22/bukti.jpg','2026-11-22T05:00:00.000000+00:00','pmi',NULL,NULL,NULL);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    push INTEGER NOT NULL REFERENCES pushes(id),
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    started_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    ok INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;
INSERT INTO "attempts" VALUES(1,1,1,'2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00','damkar.siaga','page',1,'terkirim');
INSERT INTO "attempts" VALUES(2,2,1,'2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00','damkar.siaga','call',0,'tidak dijawab');
CREATE TABLE callback_tries (
    id INTEGER PRIMARY KEY,
    task INTEGER NOT NULL REFERENCES callbacks(id),
    operator TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('trunk', 'hand')),
    started_at TEXT NOT NULL,
    talked_at TEXT,
    ended_at TEXT,
    outcome TEXT,
    note TEXT,
    recording TEXT
) STRICT;
INSERT INTO "callback_tries" VALUES(1,1,'dewi','trunk','2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE callbacks (
    id INTEGER PRIMARY KEY,
    call TEXT NOT NULL REFERENCES calls(id),
    ticket TEXT NOT NULL REFERENCES tickets(number),
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    done_at TEXT,
    done_by TEXT
) STRICT;
INSERT INTO "callbacks" VALUES(1,'c-gone','T-20261122-0010','+6281234567806','menutup saat menunggu','2026-11-22T05:03:00.008000+00:00',NULL,NULL);
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    number TEXT,
    display TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    callable INTEGER NOT NULL,
    dialled TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    answered_at TEXT,
    waiting_at TEXT,
    ringing_at TEXT,
    talking_at TEXT,
    talk_ended_at TEXT,
    ended_at TEXT,
    stage TEXT NOT NULL,
    lane TEXT,
    mark TEXT,
    outcome TEXT,
    keys TEXT NOT NULL DEFAULT '',
    operator TEXT,
    ticket TEXT NOT NULL,
    recording TEXT,
    handled_by TEXT NOT NULL,
    location TEXT,
    state TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(state))
, trunk TEXT, doubt TEXT, sampled INTEGER NOT NULL DEFAULT 0, lasted_s REAL
    GENERATED ALWAYS AS ((julianday(ended_at) - julianday(arrived_at)) * 86400.0) VIRTUAL) STRICT;
INSERT INTO "calls" VALUES('c-over1','+62812345678011','+62812345678011',0,1,'112','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:01:00.002000+00:00','2026-11-22T05:01:00.002000+00:00','ended','urgent',NULL,'talked','1','sari','T-20261122-0001','calls/2026/11/22/c-over1-4','calls',NULL,'{"call":"c-over1","stage":"ended","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"1","person":true,"lane":"urgent","kind":"emergency","rang":true,"operator":"sari","recording":"calls/2026/11/22/c-over1-4","outcome":"talked","serial":4}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-over2','+62812345678022','+62812345678022',0,1,'112','2026-11-22T05:01:00.004000+00:00','2026-11-22T05:01:00.004000+00:00','2026-11-22T05:01:00.004000+00:00','2026-11-22T05:01:00.004000+00:00','2026-11-22T05:01:00.004000+00:00','2026-11-22T05:02:00.004000+00:00','2026-11-22T05:02:00.004000+00:00','ended','normal',NULL,'talked','2','dewi','T-20261122-0002','calls/2026/11/22/c-over2-4','calls',NULL,'{"call":"c-over2","stage":"ended","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"2","person":true,"lane":"normal","kind":"complaint","rang":true,"operator":"dewi","recording":"calls/2026/11/22/c-over2-4","outcome":"talked","serial":4}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-over3',NULL,'Nomor dihapus',0,0,'112','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:03:00.006000+00:00','2026-11-22T05:03:00.006000+00:00','ended','urgent',NULL,'talked','1','sari','T-20261122-0003','calls/2026/11/22/c-over3-4','calls',NULL,'{"call":"c-over3","stage":"ended","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"1","person":true,"lane":"urgent","kind":"emergency","rang":true,"operator":"sari","recording":"calls/2026/11/22/c-over3-4","outcome":"talked","serial":4}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-talking','+6281234567801','+6281234567801',0,1,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,'talking','urgent',NULL,NULL,'1','dewi','T-20261122-0004','calls/2026/11/22/c-talking-4','calls',NULL,'{"call":"c-talking","stage":"talking","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"1","person":true,"lane":"urgent","kind":"emergency","rang":true,"talking":{"id":"op-c-talking-4","operator":"dewi"},"operator":"dewi","recording":"calls/2026/11/22/c-talking-4","serial":4}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-ringing','+6281234567802','+6281234567802',0,1,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,'ringing','urgent',NULL,NULL,'1',NULL,'T-20261122-0005',NULL,'calls',NULL,'{"call":"c-ringing","stage":"ringing","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"1","person":true,"playback":"pb-c-ringing-2","timer":"position-3","then":"music","lane":"urgent","kind":"emergency","legs":[{"id":"op-c-ringing-4","operator":"sari"}],"rang":true,"serial":4}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-waiting','+6281234567803','+6281234567803',0,1,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,'waiting','normal',NULL,NULL,'2',NULL,'T-20261122-0006',NULL,'calls',NULL,'{"call":"c-waiting","stage":"waiting","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"2","person":true,"playback":"pb-c-waiting-2","timer":"position-3","then":"music","lane":"normal","kind":"complaint","serial":3}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-silent','+6281234567804','+6281234567804',0,1,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,'waiting','silent','tanpa suara',NULL,'',NULL,'T-20261122-0007',NULL,'calls',NULL,'{"call":"c-silent","stage":"waiting","answered":true,"menu":"utama","tries":2,"asks":2,"timer":"silent-5","music":true,"lane":"silent","mark":"tanpa suara","serial":5}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-challenge','+6281234567805','+6281234567805',0,1,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'challenge',NULL,NULL,NULL,'1',NULL,'T-20261122-0008',NULL,'calls',NULL,'{"call":"c-challenge","stage":"challenge","answered":true,"doubt":"reputation","menu":"utama","tries":1,"asks":1,"keys":"1","person":true,"code":"37","wanted":"urgent","playback":"pb-c-challenge-2","then":"patience","kind":"emergency","serial":2}',NULL,'reputation',0);
INSERT INTO "calls" VALUES('c-menu',NULL,'tanpa nomor',1,0,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'menu',NULL,NULL,NULL,'',NULL,'T-20261122-0009',NULL,'calls',NULL,'{"call":"c-menu","stage":"menu","answered":true,"menu":"utama","tries":1,"asks":1,"playback":"pb-c-menu-1","then":"patience","serial":1}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-gone','+6281234567806','+6281234567806',0,1,'112','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,'2026-11-22T05:03:00.008000+00:00','ended','urgent',NULL,'abandoned','1',NULL,'T-20261122-0010',NULL,'calls',NULL,'{"call":"c-gone","stage":"ended","answered":true,"menu":"utama","tries":1,"asks":1,"keys":"1","person":true,"lane":"urgent","kind":"emergency","outcome":"abandoned","serial":3}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-closed','+6281234567807','+6281234567807',0,1,'112','2026-11-22T15:00:00.000000+00:00','2026-11-22T15:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,'closed',NULL,NULL,NULL,'',NULL,'T-20261122-0011',NULL,'calls',NULL,'{"call":"c-closed","stage":"closed","answered":true,"tries":1,"playback":"pb-c-closed-1","then":"patience","serial":1}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-recording','+6281234567808','+6281234567808',0,1,'112','2026-11-22T15:00:00.000000+00:00','2026-11-22T15:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,'recording',NULL,NULL,NULL,'1',NULL,'T-20261122-0012','messages/2026/11/22/c-recording','calls',NULL,'{"call":"c-recording","stage":"recording","answered":true,"tries":1,"keys":"1","recording":"messages/2026/11/22/c-recording","serial":2}',NULL,NULL,0);
INSERT INTO "calls" VALUES('c-arrived','+6281234567809','+6281234567809',0,1,'112','2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,NULL,'arrived',NULL,NULL,NULL,'',NULL,'T-20261122-0013',NULL,'calls',NULL,'{}',NULL,NULL,0);
CREATE TABLE complaints (
    ticket TEXT PRIMARY KEY REFERENCES tickets(number),
    tracking TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('masuk', 'diteruskan', 'dijawab', 'selesai', 'ditolak', 'darurat')),
    source TEXT NOT NULL CHECK (source IN ('112', 'sosial')),
    link TEXT,
    filed_at TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    passed_at TEXT,
    answered_at TEXT,
    ended_at TEXT,
    moved_at TEXT NOT NULL,
    moved_by TEXT NOT NULL,
    text TEXT,
    told TEXT,
    theirs TEXT,
    alarmed_at TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "complaints" VALUES('T-20261122-0002','93976906','diteruskan','112',NULL,'2026-11-22T05:00:00.000000+00:00','sari','2026-11-22T05:00:00.000000+00:00',NULL,NULL,'2026-11-22T05:00:00.000000+00:00','sari',NULL,NULL,NULL,NULL);
CREATE TABLE counters (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "counters" VALUES('20261122',14);
CREATE TABLE heartbeats (
    process TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    at TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data))
) STRICT, WITHOUT ROWID;
INSERT INTO "heartbeats" VALUES('agi',4002,'2026-11-22T05:00:00.000000+00:00','{}');
INSERT INTO "heartbeats" VALUES('calls',4001,'2026-11-22T05:00:00.000000+00:00','{}');
INSERT INTO "heartbeats" VALUES('console',4004,'2026-11-22T05:00:00.000000+00:00','{}');
INSERT INTO "heartbeats" VALUES('escalate',4003,'2026-11-22T05:00:00.000000+00:00','{}');
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    call TEXT,
    ticket TEXT,
    actor TEXT NOT NULL,
    data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data))
) STRICT;
INSERT INTO "journal" VALUES(1,'2026-11-22T05:00:00.002000+00:00','call.arrived','c-over1','T-20261122-0001','call:c-over1','{"number": "+62812345678011", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(2,'2026-11-22T05:00:00.002000+00:00','call.gate','c-over1','T-20261122-0001','call:c-over1','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(3,'2026-11-22T05:00:00.002000+00:00','call.lane','c-over1','T-20261122-0001','call:c-over1','{"lane": "urgent", "mark": ""}');
INSERT INTO "journal" VALUES(4,'2026-11-22T05:00:00.002000+00:00','operator.ringing','c-over1','T-20261122-0001','call:c-over1','{"operator": "sari", "leg": "op-c-over1-4"}');
INSERT INTO "journal" VALUES(5,'2026-11-22T05:00:00.002000+00:00','ticket.updated','c-over1','T-20261122-0001','call:c-over1','{"kind": "emergency"}');
INSERT INTO "journal" VALUES(6,'2026-11-22T05:00:00.002000+00:00','call.talking','c-over1','T-20261122-0001','call:c-over1','{"operator": "sari"}');
INSERT INTO "journal" VALUES(7,'2026-11-22T05:01:00.002000+00:00','call.ended','c-over1','T-20261122-0001','call:c-over1','{"outcome": "talked"}');
INSERT INTO "journal" VALUES(8,'2026-11-22T05:01:00.004000+00:00','call.arrived','c-over2','T-20261122-0002','call:c-over2','{"number": "+62812345678022", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(9,'2026-11-22T05:01:00.004000+00:00','call.gate','c-over2','T-20261122-0002','call:c-over2','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(10,'2026-11-22T05:01:00.004000+00:00','call.lane','c-over2','T-20261122-0002','call:c-over2','{"lane": "normal", "mark": ""}');
INSERT INTO "journal" VALUES(11,'2026-11-22T05:01:00.004000+00:00','operator.ringing','c-over2','T-20261122-0002','call:c-over2','{"operator": "dewi", "leg": "op-c-over2-4"}');
INSERT INTO "journal" VALUES(12,'2026-11-22T05:01:00.004000+00:00','ticket.updated','c-over2','T-20261122-0002','call:c-over2','{"kind": "complaint"}');
INSERT INTO "journal" VALUES(13,'2026-11-22T05:01:00.004000+00:00','call.talking','c-over2','T-20261122-0002','call:c-over2','{"operator": "dewi"}');
INSERT INTO "journal" VALUES(14,'2026-11-22T05:02:00.004000+00:00','call.ended','c-over2','T-20261122-0002','call:c-over2','{"outcome": "talked"}');
INSERT INTO "journal" VALUES(15,'2026-11-22T05:02:00.006000+00:00','call.arrived','c-over3','T-20261122-0003','call:c-over3','{"number":null,"anonymous":false,"dialled":"112"}');
INSERT INTO "journal" VALUES(16,'2026-11-22T05:02:00.006000+00:00','call.gate','c-over3','T-20261122-0003','call:c-over3','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(17,'2026-11-22T05:02:00.006000+00:00','call.lane','c-over3','T-20261122-0003','call:c-over3','{"lane": "urgent", "mark": ""}');
INSERT INTO "journal" VALUES(18,'2026-11-22T05:02:00.006000+00:00','operator.ringing','c-over3','T-20261122-0003','call:c-over3','{"operator": "sari", "leg": "op-c-over3-4"}');
INSERT INTO "journal" VALUES(19,'2026-11-22T05:02:00.006000+00:00','ticket.updated','c-over3','T-20261122-0003','call:c-over3','{"kind":"emergency"}');
INSERT INTO "journal" VALUES(20,'2026-11-22T05:02:00.006000+00:00','call.talking','c-over3','T-20261122-0003','call:c-over3','{"operator": "sari"}');
INSERT INTO "journal" VALUES(21,'2026-11-22T05:03:00.006000+00:00','call.ended','c-over3','T-20261122-0003','call:c-over3','{"outcome": "talked"}');
INSERT INTO "journal" VALUES(22,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-talking','T-20261122-0004','call:c-talking','{"number": "+6281234567801", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(23,'2026-11-22T05:03:00.008000+00:00','call.gate','c-talking','T-20261122-0004','call:c-talking','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(24,'2026-11-22T05:03:00.008000+00:00','call.lane','c-talking','T-20261122-0004','call:c-talking','{"lane": "urgent", "mark": ""}');
INSERT INTO "journal" VALUES(25,'2026-11-22T05:03:00.008000+00:00','operator.ringing','c-talking','T-20261122-0004','call:c-talking','{"operator": "dewi", "leg": "op-c-talking-4"}');
INSERT INTO "journal" VALUES(26,'2026-11-22T05:03:00.008000+00:00','ticket.updated','c-talking','T-20261122-0004','call:c-talking','{"kind": "emergency"}');
INSERT INTO "journal" VALUES(27,'2026-11-22T05:03:00.008000+00:00','call.talking','c-talking','T-20261122-0004','call:c-talking','{"operator": "dewi"}');
INSERT INTO "journal" VALUES(28,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-ringing','T-20261122-0005','call:c-ringing','{"number": "+6281234567802", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(29,'2026-11-22T05:03:00.008000+00:00','call.gate','c-ringing','T-20261122-0005','call:c-ringing','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(30,'2026-11-22T05:03:00.008000+00:00','call.lane','c-ringing','T-20261122-0005','call:c-ringing','{"lane": "urgent", "mark": ""}');
INSERT INTO "journal" VALUES(31,'2026-11-22T05:03:00.008000+00:00','operator.ringing','c-ringing','T-20261122-0005','call:c-ringing','{"operator": "sari", "leg": "op-c-ringing-4"}');
INSERT INTO "journal" VALUES(32,'2026-11-22T05:03:00.008000+00:00','ticket.updated','c-ringing','T-20261122-0005','call:c-ringing','{"kind": "emergency"}');
INSERT INTO "journal" VALUES(33,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-waiting','T-20261122-0006','call:c-waiting','{"number": "+6281234567803", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(34,'2026-11-22T05:03:00.008000+00:00','call.gate','c-waiting','T-20261122-0006','call:c-waiting','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(35,'2026-11-22T05:03:00.008000+00:00','call.lane','c-waiting','T-20261122-0006','call:c-waiting','{"lane": "normal", "mark": ""}');
INSERT INTO "journal" VALUES(36,'2026-11-22T05:03:00.008000+00:00','ticket.updated','c-waiting','T-20261122-0006','call:c-waiting','{"kind": "complaint"}');
INSERT INTO "journal" VALUES(37,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-silent','T-20261122-0007','call:c-silent','{"number": "+6281234567804", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(38,'2026-11-22T05:03:00.008000+00:00','call.gate','c-silent','T-20261122-0007','call:c-silent','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(39,'2026-11-22T05:03:00.008000+00:00','call.lane','c-silent','T-20261122-0007','call:c-silent','{"lane": "silent", "mark": "tanpa suara"}');
INSERT INTO "journal" VALUES(40,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-challenge','T-20261122-0008','call:c-challenge','{"number": "+6281234567805", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(41,'2026-11-22T05:03:00.008000+00:00','call.gate','c-challenge','T-20261122-0008','call:c-challenge','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(42,'2026-11-22T05:03:00.008000+00:00','call.doubt','c-challenge','T-20261122-0008','call:c-challenge','{"reason": "reputation", "sampled": "False"}');
INSERT INTO "journal" VALUES(43,'2026-11-22T05:03:00.008000+00:00','ticket.updated','c-challenge','T-20261122-0008','call:c-challenge','{"kind": "emergency"}');
INSERT INTO "journal" VALUES(44,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-menu','T-20261122-0009','call:c-menu','{"number": null, "anonymous": true, "dialled": "112"}');
INSERT INTO "journal" VALUES(45,'2026-11-22T05:03:00.008000+00:00','call.gate','c-menu','T-20261122-0009','call:c-menu','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(46,'2026-11-22T05:03:00.008000+00:00','call.arrived','c-gone','T-20261122-0010','call:c-gone','{"number": "+6281234567806", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(47,'2026-11-22T05:03:00.008000+00:00','call.gate','c-gone','T-20261122-0010','call:c-gone','{"open": "True", "reason": "buka: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB"}');
INSERT INTO "journal" VALUES(48,'2026-11-22T05:03:00.008000+00:00','call.lane','c-gone','T-20261122-0010','call:c-gone','{"lane": "urgent", "mark": ""}');
INSERT INTO "journal" VALUES(49,'2026-11-22T05:03:00.008000+00:00','ticket.updated','c-gone','T-20261122-0010','call:c-gone','{"kind": "emergency"}');
INSERT INTO "journal" VALUES(50,'2026-11-22T05:03:00.008000+00:00','call.ended','c-gone','T-20261122-0010','call:c-gone','{"outcome": "abandoned"}');
INSERT INTO "journal" VALUES(51,'2026-11-22T05:03:00.008000+00:00','callback.opened','c-gone','T-20261122-0010','call:c-gone','{"reason": "menutup saat menunggu"}');
INSERT INTO "journal" VALUES(52,'2026-11-22T15:00:00.000000+00:00','call.arrived','c-closed','T-20261122-0011','call:c-closed','{"number": "+6281234567807", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(53,'2026-11-22T15:00:00.000000+00:00','call.gate','c-closed','T-20261122-0011','call:c-closed','{"open": "False", "reason": "tutup: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB; buka lagi Senin 23 November 2026 pukul 07.00 WIB"}');
INSERT INTO "journal" VALUES(54,'2026-11-22T15:00:00.000000+00:00','call.arrived','c-recording','T-20261122-0012','call:c-recording','{"number": "+6281234567808", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(55,'2026-11-22T15:00:00.000000+00:00','call.gate','c-recording','T-20261122-0012','call:c-recording','{"open": "False", "reason": "tutup: jam layanan Minggu 22 November 2026 pukul 07.00-21.00 WIB; buka lagi Senin 23 November 2026 pukul 07.00 WIB"}');
INSERT INTO "journal" VALUES(56,'2026-11-22T05:00:00.000000+00:00','call.arrived','c-arrived','T-20261122-0013','call:c-arrived','{"number": "+6281234567809", "anonymous": false, "dialled": "112"}');
INSERT INTO "journal" VALUES(57,'2026-11-22T05:00:00.000000+00:00','user.added',NULL,NULL,'process:cli','{"user": "sari", "role": "operator", "opd": null}');
INSERT INTO "journal" VALUES(58,'2026-11-22T05:00:00.000000+00:00','user.added',NULL,NULL,'process:cli','{"user": "dewi", "role": "operator", "opd": null}');
INSERT INTO "journal" VALUES(59,'2026-11-22T05:00:00.000000+00:00','user.added',NULL,NULL,'process:cli','{"user": "budi", "role": "opd", "opd": "damkar"}');
INSERT INTO "journal" VALUES(60,'2026-11-22T05:00:00.000000+00:00','user.added',NULL,NULL,'process:cli','{"user": "komando", "role": "command", "opd": null}');
INSERT INTO "journal" VALUES(61,'2026-11-22T05:00:00.000000+00:00','user.added',NULL,NULL,'process:cli','{"user": "admin", "role": "admin", "opd": null}');
INSERT INTO "journal" VALUES(62,'2026-11-22T05:00:00.000000+00:00','user.login',NULL,NULL,'user:sari','{}');
INSERT INTO "journal" VALUES(63,'2026-11-22T05:00:00.000000+00:00','user.login',NULL,NULL,'user:budi','{}');
INSERT INTO "journal" VALUES(64,'2026-11-22T05:00:00.000000+00:00','device.added',NULL,NULL,'user:budi','{"user": "budi", "service": "push.example"}');
INSERT INTO "journal" VALUES(65,'2026-11-22T05:00:00.000000+00:00','operator.presence','c-talking',NULL,'user:sari','{"operator": "sari", "wanted": "ready", "live": "talking"}');
INSERT INTO "journal" VALUES(66,'2026-11-22T05:00:00.000000+00:00','operator.presence','c-ringing',NULL,'user:dewi','{"operator": "dewi", "wanted": "ready", "live": "ringing"}');
INSERT INTO "journal" VALUES(67,'2026-11-22T05:00:00.000000+00:00','ticket.updated','c-over1','T-20261122-0001','user:sari','{"category": "kebakaran", "description": "Rumah terbakar", "kecamatan": "Tahunan", "desa": "Mantingan", "address": "Jalan Sultan Hadirin 12"}');
INSERT INTO "journal" VALUES(68,'2026-11-22T05:00:00.000000+00:00','ticket.dispatched','c-over1','T-20261122-0001','user:sari','{"opd": "damkar", "assignment": 1}');
INSERT INTO "journal" VALUES(69,'2026-11-22T05:00:00.000000+00:00','ticket.dispatched','c-over1','T-20261122-0001','user:sari','{"opd": "polres", "assignment": 2}');
INSERT INTO "journal" VALUES(70,'2026-11-22T05:00:00.000000+00:00','ticket.dispatched','c-over1','T-20261122-0001','user:sari','{"opd": "pmi", "assignment": 3}');
INSERT INTO "journal" VALUES(71,'2026-11-22T05:00:00.000000+00:00','ticket.dispatched','c-over1','T-20261122-0001','user:sari','{"opd": "bpbd", "assignment": 4}');
INSERT INTO "journal" VALUES(72,'2026-11-22T05:00:00.000000+00:00','assignment.acknowledged','c-over1','T-20261122-0001','user:polres','{"assignment": 2, "opd": "polres", "before": "dikirim", "state": "diterima", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(73,'2026-11-22T05:00:00.000000+00:00','assignment.acknowledged','c-over1','T-20261122-0001','user:pmi','{"assignment": 3, "opd": "pmi", "before": "dikirim", "state": "diterima", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(74,'2026-11-22T05:00:00.000000+00:00','assignment.moved','c-over1','T-20261122-0001','user:pmi','{"assignment": 3, "opd": "pmi", "before": "diterima", "state": "berangkat", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(75,'2026-11-22T05:00:00.000000+00:00','assignment.acknowledged','c-over1','T-20261122-0001','user:bpbd','{"assignment": 4, "opd": "bpbd", "before": "dikirim", "state": "diterima", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(76,'2026-11-22T05:00:00.000000+00:00','assignment.moved','c-over1','T-20261122-0001','user:bpbd','{"assignment": 4, "opd": "bpbd", "before": "diterima", "state": "berangkat", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(77,'2026-11-22T05:00:00.000000+00:00','assignment.moved','c-over1','T-20261122-0001','user:bpbd','{"assignment": 4, "opd": "bpbd", "before": "berangkat", "state": "di_lokasi", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(78,'2026-11-22T05:00:00.000000+00:00','assignment.moved','c-over1','T-20261122-0001','user:bpbd','{"assignment": 4, "opd": "bpbd", "before": "di_lokasi", "state": "selesai", "via": "page", "note": null}');
INSERT INTO "journal" VALUES(79,'2026-11-22T05:00:00.000000+00:00','push.sent',NULL,'T-20261122-0001','process:escalate','{"opd": "damkar", "assignment": 1, "contact": "damkar.siaga", "channel": "page", "attempt": 1, "detail": "terkirim"}');
INSERT INTO "journal" VALUES(80,'2026-11-22T05:00:00.000000+00:00','push.failed',NULL,'T-20261122-0001','process:escalate','{"opd": "damkar", "assignment": 1, "contact": "damkar.siaga", "channel": "call", "error": "tidak dijawab"}');
INSERT INTO "journal" VALUES(81,'2026-11-22T05:00:00.000000+00:00','assignment.attached','c-over1','T-20261122-0001','user:pmi','{"assignment": 3, "opd": "pmi", "kind": "photo", "value": "2026/11/22/bukti.jpg"}');
INSERT INTO "journal" VALUES(82,'2026-11-22T05:00:00.000000+00:00','assignment.noted','c-over1','T-20261122-0001','user:pmi','{"assignment": 3, "opd": "pmi", "note": "dua unit"}');
INSERT INTO "journal" VALUES(83,'2026-11-22T05:00:00.000000+00:00','push.seen','c-over1','T-20261122-0001','user:budi','{"assignment": 1, "opd": "damkar", "channel": "page"}');
INSERT INTO "journal" VALUES(84,'2026-11-22T05:00:00.000000+00:00','ticket.judged','c-over1','T-20261122-0001','user:sari','{"verdict": "genuine", "before": null}');
INSERT INTO "journal" VALUES(85,'2026-11-22T05:00:00.000000+00:00','ticket.updated','c-talking','T-20261122-0004','user:dewi','{"category": "kebakaran", "description": "Asap dari arah Mantingan", "kecamatan": "Tahunan", "desa": "Mantingan", "address": "Jalan Sultan Hadirin 12"}');
INSERT INTO "journal" VALUES(86,'2026-11-22T05:00:00.000000+00:00','ticket.merged','c-talking','T-20261122-0004','user:dewi','{"master": "T-20261122-0001", "opds": []}');
INSERT INTO "journal" VALUES(87,'2026-11-22T05:00:00.000000+00:00','ticket.joined','c-over1','T-20261122-0001','user:dewi','{"merged": "T-20261122-0004", "opds": []}');
INSERT INTO "journal" VALUES(88,'2026-11-22T05:00:00.000000+00:00','ticket.followed','c-talking','T-20261122-0004','process:store','{"master": "T-20261122-0001", "status": "dispatched"}');
INSERT INTO "journal" VALUES(89,'2026-11-22T05:00:00.000000+00:00','ticket.held','c-over1','T-20261122-0001','user:admin','{"reason": "diminta penyidik"}');
INSERT INTO "journal" VALUES(90,'2026-11-22T05:00:00.000000+00:00','ticket.updated','c-over2','T-20261122-0002','user:sari','{"category": "jalan", "description": "Jalan rusak"}');
INSERT INTO "journal" VALUES(91,'2026-11-22T05:00:00.000000+00:00','complaint.filed','c-over2','T-20261122-0002','user:sari','{"tracking": "93976906", "source": "112"}');
INSERT INTO "journal" VALUES(92,'2026-11-22T05:00:00.000000+00:00','ticket.dispatched','c-over2','T-20261122-0002','user:sari','{"opd": "dpupr", "assignment": 5}');
INSERT INTO "journal" VALUES(93,'2026-11-22T05:00:00.000000+00:00','complaint.moved',NULL,'T-20261122-0002','user:sari','{"before": "masuk", "state": "diteruskan"}');
INSERT INTO "journal" VALUES(94,'2026-11-22T05:00:00.000000+00:00','ticket.updated','c-over3','T-20261122-0003','user:dewi','{"kind":"prank"}');
INSERT INTO "journal" VALUES(95,'2026-11-22T05:00:00.000000+00:00','ticket.closed','c-over3','T-20261122-0003','user:dewi','{"note": ""}');
INSERT INTO "journal" VALUES(96,'2026-11-22T05:00:00.000000+00:00','ticket.judged','c-over3','T-20261122-0003','user:dewi','{"verdict": "prank", "before": null, "reason": "main-main"}');
INSERT INTO "journal" VALUES(97,'2026-11-22T05:00:00.000000+00:00','ticket.created',NULL,'T-20261122-0014','user:sari','{}');
INSERT INTO "journal" VALUES(98,'2026-11-22T05:00:00.000000+00:00','ticket.updated',NULL,'T-20261122-0014','user:sari','{"kind": "information", "description": "Ditelepon PLN"}');
INSERT INTO "journal" VALUES(99,'2026-11-22T05:00:00.000000+00:00','contact.away',NULL,NULL,'user:admin','{"contact": "damkar.piket", "until": "2026-11-22T13:00:00.000000+00:00", "reason": "cuti"}');
INSERT INTO "journal" VALUES(100,'2026-11-22T05:00:00.000000+00:00','test.asked',NULL,NULL,'user:admin','{"run": 1, "pushes": 39}');
INSERT INTO "journal" VALUES(101,'2026-11-22T05:00:00.000000+00:00','callback.dialled','c-gone','T-20261122-0010','user:dewi','{"task": 1, "operator": "dewi"}');
INSERT INTO "journal" VALUES(102,'2026-11-22T05:00:00.000000+00:00','number.erased',NULL,NULL,'cli:admin','{"hash": "935b4135d9a1", "calls": 1, "reason": "permintaan pemilik nomor"}');
CREATE TABLE links (
    nonce TEXT PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    contact TEXT NOT NULL,
    purpose TEXT NOT NULL,
    used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
, device TEXT) STRICT, WITHOUT ROWID;
INSERT INTO "links" VALUES('1-1',2,'polres.siaga','tugas','2026-11-22T05:00:00.000000+00:00','2026-11-25T05:00:00.000000+00:00',NULL);
CREATE TABLE listeners (
    leg TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    call TEXT NOT NULL REFERENCES calls(id),
    mode TEXT NOT NULL,
    since TEXT NOT NULL,
    heard_at TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "listeners" VALUES('ls-c-talking-9','komando','c-talking','listen','2026-11-22T05:00:00.000000+00:00',NULL);
CREATE TABLE merged_assignments (
    ticket TEXT NOT NULL REFERENCES tickets(number),
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    ended INTEGER NOT NULL,
    PRIMARY KEY (ticket, assignment)
) STRICT, WITHOUT ROWID;
CREATE TABLE merges (
    ticket TEXT PRIMARY KEY REFERENCES tickets(number),
    master TEXT NOT NULL REFERENCES tickets(number),
    at TEXT NOT NULL,
    by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "merges" VALUES('T-20261122-0004','T-20261122-0001','2026-11-22T05:00:00.000000+00:00','dewi');
CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    opd TEXT,
    seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "pages" VALUES('halaman-1','budi','opd','damkar','2026-11-22T05:00:00.000000+00:00');
CREATE TABLE presence (
    operator TEXT PRIMARY KEY,
    wanted TEXT NOT NULL,
    live TEXT NOT NULL,
    call TEXT,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "presence" VALUES('dewi','ready','ringing','c-ringing','2026-11-22T05:00:00.000000+00:00');
INSERT INTO "presence" VALUES('sari','ready','talking','c-talking','2026-11-22T05:00:00.000000+00:00');
CREATE TABLE push_devices (
    session TEXT PRIMARY KEY REFERENCES sessions(id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    server_key TEXT NOT NULL,
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "push_devices" VALUES('693a2ad36893c9bd70a0043528ec871e323dfc9dada19be03cb3ee11b13c5885','https://push.example/alat','push.example','cDI1NmRo','YXV0aA','a3VuY2k','2026-11-22T05:00:00.000000+00:00');
CREATE TABLE pushes (
    id INTEGER PRIMARY KEY,
    assignment INTEGER NOT NULL REFERENCES assignments(id),
    phase TEXT NOT NULL,
    step INTEGER NOT NULL,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    due_at TEXT NOT NULL,
    every_s REAL NOT NULL CHECK (every_s > 0),
    attempts INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    claimed_by TEXT,
    lease_until TEXT,
    done_at TEXT
, failures INTEGER NOT NULL DEFAULT 0, first_due_at TEXT) STRICT;
INSERT INTO "pushes" VALUES(1,1,'dikirim',1,'damkar.siaga','page','2026-11-22T05:00:30.000000+00:00',30.0,1,1,NULL,NULL,NULL,NULL,0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(2,1,'dikirim',1,'damkar.siaga','call','2026-11-22T05:00:30.000000+00:00',30.0,1,0,'tidak dijawab',NULL,NULL,NULL,1,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(3,1,'dikirim',2,'pusdalops','page','2026-11-22T05:02:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:02:00.000000+00:00');
INSERT INTO "pushes" VALUES(4,1,'dikirim',3,'pusdalops','page','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(5,1,'dikirim',3,'pusdalops','call','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(6,1,'dikirim',4,'bupati','page','2026-11-22T05:10:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:10:00.000000+00:00');
INSERT INTO "pushes" VALUES(7,2,'dikirim',1,'polres.siaga','page','2026-11-22T05:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(8,2,'dikirim',1,'polres.siaga','call','2026-11-22T05:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(9,2,'dikirim',2,'pusdalops','page','2026-11-22T05:02:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:02:00.000000+00:00');
INSERT INTO "pushes" VALUES(10,2,'dikirim',3,'pusdalops','page','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(11,2,'dikirim',3,'pusdalops','call','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(12,2,'dikirim',4,'bupati','page','2026-11-22T05:10:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:10:00.000000+00:00');
INSERT INTO "pushes" VALUES(13,3,'dikirim',1,'pmi.siaga','page','2026-11-22T05:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(14,3,'dikirim',1,'pmi.siaga','call','2026-11-22T05:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(15,3,'dikirim',2,'pusdalops','page','2026-11-22T05:02:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:02:00.000000+00:00');
INSERT INTO "pushes" VALUES(16,3,'dikirim',3,'pusdalops','page','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(17,3,'dikirim',3,'pusdalops','call','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(18,3,'dikirim',4,'bupati','page','2026-11-22T05:10:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:10:00.000000+00:00');
INSERT INTO "pushes" VALUES(19,4,'dikirim',1,'bpbd.siaga','page','2026-11-22T05:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(20,4,'dikirim',1,'bpbd.siaga','call','2026-11-22T05:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(21,4,'dikirim',2,'pusdalops','page','2026-11-22T05:02:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:02:00.000000+00:00');
INSERT INTO "pushes" VALUES(22,4,'dikirim',3,'pusdalops','page','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(23,4,'dikirim',3,'pusdalops','call','2026-11-22T05:05:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:05:00.000000+00:00');
INSERT INTO "pushes" VALUES(24,4,'dikirim',4,'bupati','page','2026-11-22T05:10:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:10:00.000000+00:00');
INSERT INTO "pushes" VALUES(25,2,'diterima',1,'polres.siaga','page','2026-11-22T05:10:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:10:00.000000+00:00');
INSERT INTO "pushes" VALUES(26,2,'diterima',1,'polres.siaga','call','2026-11-22T05:10:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:10:00.000000+00:00');
INSERT INTO "pushes" VALUES(27,2,'diterima',2,'pusdalops','page','2026-11-22T05:12:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:12:00.000000+00:00');
INSERT INTO "pushes" VALUES(28,2,'diterima',3,'pusdalops','page','2026-11-22T05:15:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:15:00.000000+00:00');
INSERT INTO "pushes" VALUES(29,2,'diterima',3,'pusdalops','call','2026-11-22T05:15:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:15:00.000000+00:00');
INSERT INTO "pushes" VALUES(30,2,'diterima',4,'bupati','page','2026-11-22T05:20:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:20:00.000000+00:00');
INSERT INTO "pushes" VALUES(31,3,'diterima',1,'pmi.siaga','page','2026-11-22T05:15:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:15:00.000000+00:00');
INSERT INTO "pushes" VALUES(32,3,'diterima',1,'pmi.siaga','call','2026-11-22T05:15:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:15:00.000000+00:00');
INSERT INTO "pushes" VALUES(33,3,'diterima',2,'pusdalops','page','2026-11-22T05:17:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:17:00.000000+00:00');
INSERT INTO "pushes" VALUES(34,3,'diterima',3,'pusdalops','page','2026-11-22T05:20:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:20:00.000000+00:00');
INSERT INTO "pushes" VALUES(35,3,'diterima',3,'pusdalops','call','2026-11-22T05:20:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:20:00.000000+00:00');
INSERT INTO "pushes" VALUES(36,3,'diterima',4,'bupati','page','2026-11-22T05:25:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:25:00.000000+00:00');
INSERT INTO "pushes" VALUES(37,3,'berangkat',1,'pmi.siaga','page','2026-11-22T05:30:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:30:00.000000+00:00');
INSERT INTO "pushes" VALUES(38,3,'berangkat',1,'pmi.siaga','call','2026-11-22T05:30:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T05:30:00.000000+00:00');
INSERT INTO "pushes" VALUES(39,4,'diterima',1,'bpbd.siaga','page','2026-11-22T05:15:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:15:00.000000+00:00');
INSERT INTO "pushes" VALUES(40,4,'diterima',1,'bpbd.siaga','call','2026-11-22T05:15:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:15:00.000000+00:00');
INSERT INTO "pushes" VALUES(41,4,'diterima',2,'pusdalops','page','2026-11-22T05:17:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:17:00.000000+00:00');
INSERT INTO "pushes" VALUES(42,4,'diterima',3,'pusdalops','page','2026-11-22T05:20:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:20:00.000000+00:00');
INSERT INTO "pushes" VALUES(43,4,'diterima',3,'pusdalops','call','2026-11-22T05:20:00.000000+00:00',120.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:20:00.000000+00:00');
INSERT INTO "pushes" VALUES(44,4,'diterima',4,'bupati','page','2026-11-22T05:25:00.000000+00:00',300.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:25:00.000000+00:00');
INSERT INTO "pushes" VALUES(45,4,'berangkat',1,'bpbd.siaga','page','2026-11-22T05:30:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:30:00.000000+00:00');
INSERT INTO "pushes" VALUES(46,4,'berangkat',1,'bpbd.siaga','call','2026-11-22T05:30:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T05:30:00.000000+00:00');
INSERT INTO "pushes" VALUES(47,4,'di_lokasi',1,'bpbd.siaga','page','2026-11-22T06:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T06:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(48,4,'di_lokasi',1,'bpbd.siaga','call','2026-11-22T06:00:00.000000+00:00',30.0,0,0,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',0,'2026-11-22T06:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(49,5,'dikirim',1,'dpupr.siaga','page','2026-11-22T05:00:00.000000+00:00',1800.0,0,0,NULL,'escalate','2026-11-22T05:01:00.000000+00:00',NULL,0,'2026-11-22T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(50,5,'dikirim',2,'pusdalops','page','2026-11-22T09:00:00.000000+00:00',14400.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-22T09:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(51,5,'dikirim',3,'pusdalops','page','2026-11-23T05:00:00.000000+00:00',28800.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-23T05:00:00.000000+00:00');
INSERT INTO "pushes" VALUES(52,5,'dikirim',3,'bupati','page','2026-11-23T05:00:00.000000+00:00',28800.0,0,0,NULL,NULL,NULL,NULL,0,'2026-11-23T05:00:00.000000+00:00');
CREATE TABLE replies (
    key TEXT NOT NULL,
    user TEXT NOT NULL,
    request TEXT NOT NULL,
    at TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (user, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "replies" VALUES('kunci-permintaan','budi','0000000000000000000000000000000000000000000000000000000000000000','2026-11-22T05:00:00.000000+00:00',200,'{"ok":true}');
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users(name),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
, id TEXT NOT NULL DEFAULT '', client TEXT, renewed_at TEXT NOT NULL DEFAULT '', former_hash TEXT, former_until TEXT) STRICT, WITHOUT ROWID;
INSERT INTO "sessions" VALUES('693a2ad36893c9bd70a0043528ec871e323dfc9dada19be03cb3ee11b13c5885','budi','2026-11-22T05:00:00.000000+00:00','2026-12-22T05:00:00.000000+00:00','693a2ad36893c9bd70a0043528ec871e323dfc9dada19be03cb3ee11b13c5885','Peramban uji','2026-11-22T05:00:00.000000+00:00',NULL,NULL);
INSERT INTO "sessions" VALUES('c705ce1370cf48c2aff88f18c2c42a7214e92b117103cbc4bad2a02a7a150e23','sari','2026-11-22T05:00:00.000000+00:00','2026-12-22T05:00:00.000000+00:00','c705ce1370cf48c2aff88f18c2c42a7214e92b117103cbc4bad2a02a7a150e23','Peramban uji','2026-11-22T05:00:00.000000+00:00',NULL,NULL);
CREATE TABLE spills (file TEXT PRIMARY KEY, applied INTEGER NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE test_pushes (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    contact TEXT NOT NULL,
    opd TEXT,
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'placeholder', 'away')),
    detail TEXT,
    due_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed_by TEXT,
    lease_until TEXT,
    tried_at TEXT,
    answer_until TEXT,
    answered_at TEXT,
    answered_by TEXT
) STRICT;
INSERT INTO "test_pushes" VALUES(1,1,'2026-11-22T05:00:00.000000+00:00','admin','pusdalops',NULL,'call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(2,1,'2026-11-22T05:00:00.000000+00:00','admin','pusdalops',NULL,'page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(3,1,'2026-11-22T05:00:00.000000+00:00','admin','bupati',NULL,'mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(4,1,'2026-11-22T05:00:00.000000+00:00','admin','bupati',NULL,'page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(5,1,'2026-11-22T05:00:00.000000+00:00','admin','damkar.siaga','damkar','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(6,1,'2026-11-22T05:00:00.000000+00:00','admin','damkar.siaga','damkar','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(7,1,'2026-11-22T05:00:00.000000+00:00','admin','damkar.piket','damkar','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(8,1,'2026-11-22T05:00:00.000000+00:00','admin','damkar.kepala','damkar','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(9,1,'2026-11-22T05:00:00.000000+00:00','admin','psc119.siaga','psc119','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(10,1,'2026-11-22T05:00:00.000000+00:00','admin','psc119.siaga','psc119','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(11,1,'2026-11-22T05:00:00.000000+00:00','admin','psc119.piket','psc119','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(12,1,'2026-11-22T05:00:00.000000+00:00','admin','psc119.kepala','psc119','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(13,1,'2026-11-22T05:00:00.000000+00:00','admin','bpbd.siaga','bpbd','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(14,1,'2026-11-22T05:00:00.000000+00:00','admin','bpbd.siaga','bpbd','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(15,1,'2026-11-22T05:00:00.000000+00:00','admin','bpbd.piket','bpbd','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(16,1,'2026-11-22T05:00:00.000000+00:00','admin','bpbd.kepala','bpbd','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(17,1,'2026-11-22T05:00:00.000000+00:00','admin','polres.siaga','polres','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(18,1,'2026-11-22T05:00:00.000000+00:00','admin','polres.siaga','polres','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(19,1,'2026-11-22T05:00:00.000000+00:00','admin','polres.piket','polres','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(20,1,'2026-11-22T05:00:00.000000+00:00','admin','polres.kepala','polres','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(21,1,'2026-11-22T05:00:00.000000+00:00','admin','basarnas.siaga','basarnas','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(22,1,'2026-11-22T05:00:00.000000+00:00','admin','basarnas.siaga','basarnas','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(23,1,'2026-11-22T05:00:00.000000+00:00','admin','basarnas.piket','basarnas','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(24,1,'2026-11-22T05:00:00.000000+00:00','admin','basarnas.kepala','basarnas','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(25,1,'2026-11-22T05:00:00.000000+00:00','admin','polairud.siaga','polairud','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(26,1,'2026-11-22T05:00:00.000000+00:00','admin','polairud.siaga','polairud','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(27,1,'2026-11-22T05:00:00.000000+00:00','admin','polairud.piket','polairud','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(28,1,'2026-11-22T05:00:00.000000+00:00','admin','polairud.kepala','polairud','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(29,1,'2026-11-22T05:00:00.000000+00:00','admin','karimunjawa.siaga','karimunjawa','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(30,1,'2026-11-22T05:00:00.000000+00:00','admin','karimunjawa.siaga','karimunjawa','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(31,1,'2026-11-22T05:00:00.000000+00:00','admin','karimunjawa.piket','karimunjawa','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(32,1,'2026-11-22T05:00:00.000000+00:00','admin','karimunjawa.kepala','karimunjawa','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(33,1,'2026-11-22T05:00:00.000000+00:00','admin','pmi.siaga','pmi','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(34,1,'2026-11-22T05:00:00.000000+00:00','admin','pmi.siaga','pmi','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(35,1,'2026-11-22T05:00:00.000000+00:00','admin','pmi.piket','pmi','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(36,1,'2026-11-22T05:00:00.000000+00:00','admin','pmi.kepala','pmi','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(37,1,'2026-11-22T05:00:00.000000+00:00','admin','satpolpp.siaga','satpolpp','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(38,1,'2026-11-22T05:00:00.000000+00:00','admin','satpolpp.siaga','satpolpp','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(39,1,'2026-11-22T05:00:00.000000+00:00','admin','satpolpp.piket','satpolpp','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(40,1,'2026-11-22T05:00:00.000000+00:00','admin','satpolpp.kepala','satpolpp','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(41,1,'2026-11-22T05:00:00.000000+00:00','admin','dinsos.siaga','dinsos','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(42,1,'2026-11-22T05:00:00.000000+00:00','admin','dinsos.siaga','dinsos','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(43,1,'2026-11-22T05:00:00.000000+00:00','admin','dinsos.piket','dinsos','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(44,1,'2026-11-22T05:00:00.000000+00:00','admin','dinsos.kepala','dinsos','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(45,1,'2026-11-22T05:00:00.000000+00:00','admin','dp3ap2kb.siaga','dp3ap2kb','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(46,1,'2026-11-22T05:00:00.000000+00:00','admin','dp3ap2kb.siaga','dp3ap2kb','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(47,1,'2026-11-22T05:00:00.000000+00:00','admin','dp3ap2kb.piket','dp3ap2kb','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(48,1,'2026-11-22T05:00:00.000000+00:00','admin','dp3ap2kb.kepala','dp3ap2kb','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(49,1,'2026-11-22T05:00:00.000000+00:00','admin','pln.siaga','pln','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(50,1,'2026-11-22T05:00:00.000000+00:00','admin','pln.siaga','pln','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(51,1,'2026-11-22T05:00:00.000000+00:00','admin','pln.piket','pln','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(52,1,'2026-11-22T05:00:00.000000+00:00','admin','pln.kepala','pln','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(53,1,'2026-11-22T05:00:00.000000+00:00','admin','pdam.siaga','pdam','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(54,1,'2026-11-22T05:00:00.000000+00:00','admin','pdam.siaga','pdam','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(55,1,'2026-11-22T05:00:00.000000+00:00','admin','pdam.piket','pdam','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(56,1,'2026-11-22T05:00:00.000000+00:00','admin','pdam.kepala','pdam','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(57,1,'2026-11-22T05:00:00.000000+00:00','admin','dpupr.siaga','dpupr','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(58,1,'2026-11-22T05:00:00.000000+00:00','admin','dpupr.siaga','dpupr','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(59,1,'2026-11-22T05:00:00.000000+00:00','admin','dpupr.piket','dpupr','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(60,1,'2026-11-22T05:00:00.000000+00:00','admin','dpupr.kepala','dpupr','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(61,1,'2026-11-22T05:00:00.000000+00:00','admin','dlh.siaga','dlh','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(62,1,'2026-11-22T05:00:00.000000+00:00','admin','dlh.siaga','dlh','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(63,1,'2026-11-22T05:00:00.000000+00:00','admin','dlh.piket','dlh','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(64,1,'2026-11-22T05:00:00.000000+00:00','admin','dlh.kepala','dlh','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(65,1,'2026-11-22T05:00:00.000000+00:00','admin','dishub.siaga','dishub','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(66,1,'2026-11-22T05:00:00.000000+00:00','admin','dishub.siaga','dishub','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(67,1,'2026-11-22T05:00:00.000000+00:00','admin','dishub.piket','dishub','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(68,1,'2026-11-22T05:00:00.000000+00:00','admin','dishub.kepala','dishub','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(69,1,'2026-11-22T05:00:00.000000+00:00','admin','diskominfo.siaga','diskominfo','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(70,1,'2026-11-22T05:00:00.000000+00:00','admin','diskominfo.siaga','diskominfo','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(71,1,'2026-11-22T05:00:00.000000+00:00','admin','diskominfo.piket','diskominfo','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(72,1,'2026-11-22T05:00:00.000000+00:00','admin','diskominfo.kepala','diskominfo','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(73,1,'2026-11-22T05:00:00.000000+00:00','admin','rsud.siaga','rsud','call','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(74,1,'2026-11-22T05:00:00.000000+00:00','admin','rsud.siaga','rsud','page','waiting',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(75,1,'2026-11-22T05:00:00.000000+00:00','admin','rsud.piket','rsud','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "test_pushes" VALUES(76,1,'2026-11-22T05:00:00.000000+00:00','admin','rsud.kepala','rsud','mobile','placeholder','nomor contoh (+62000…), tidak pernah dihubungi; ganti di routing.yaml','2026-11-22T05:00:00.000000+00:00','2026-11-22T06:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE tickets (
    number TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT,
    status TEXT NOT NULL,
    call TEXT REFERENCES calls(id) DEFERRABLE INITIALLY DEFERRED,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    kecamatan TEXT,
    desa TEXT,
    address TEXT,
    description TEXT,
    reporter_name TEXT,
    reporter_number TEXT,
    operator TEXT,
    closed_at TEXT
, held_at TEXT, held_by TEXT, hold_reason TEXT) STRICT;
INSERT INTO "tickets" VALUES('T-20261122-0001','call','emergency','kebakaran','dispatched','c-over1','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:00:00.000000+00:00','Tahunan','Mantingan','Jalan Sultan Hadirin 12','Rumah terbakar',NULL,'+62812345678011','sari',NULL,'2026-11-22T05:00:00.000000+00:00','admin','diminta penyidik');
INSERT INTO "tickets" VALUES('T-20261122-0002','call','complaint','jalan','dispatched','c-over2','2026-11-22T05:01:00.004000+00:00','2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL,'Jalan rusak',NULL,'+62812345678022','sari',NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0003','call','prank',NULL,'closed','c-over3','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0004','call','emergency','kebakaran','dispatched','c-talking','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:00:00.000000+00:00','Tahunan','Mantingan','Jalan Sultan Hadirin 12','Asap dari arah Mantingan',NULL,'+6281234567801','dewi',NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0005','call','emergency',NULL,'open','c-ringing','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567802',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0006','call','complaint',NULL,'open','c-waiting','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567803',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0007','call','unknown',NULL,'open','c-silent','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567804',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0008','call','emergency',NULL,'open','c-challenge','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567805',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0009','call','unknown',NULL,'open','c-menu','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0010','call','emergency',NULL,'open','c-gone','2026-11-22T05:03:00.008000+00:00','2026-11-22T05:03:00.008000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567806',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0011','call','unknown',NULL,'open','c-closed','2026-11-22T15:00:00.000000+00:00','2026-11-22T15:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567807',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0012','call','unknown',NULL,'open','c-recording','2026-11-22T15:00:00.000000+00:00','2026-11-22T15:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567808',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0013','call','unknown',NULL,'open','c-arrived','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL,NULL,NULL,'+6281234567809',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tickets" VALUES('T-20261122-0014','web','information',NULL,'open',NULL,'2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00',NULL,NULL,NULL,'Ditelepon PLN',NULL,NULL,'sari',NULL,NULL,NULL,NULL);
CREATE TABLE users (
    name TEXT PRIMARY KEY,
    display TEXT NOT NULL,
    role TEXT NOT NULL,
    opd TEXT,
    password_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    disabled_at TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "users" VALUES('admin','Admin','admin',NULL,'$argon2id$v=19$m=65536,t=3,p=4$8kmIYqk9s9tUQeQUU3xDoQ$hoTWnynIMKCQ798q/6t4wcJS/Wn804yT4zguB413vno','2026-11-22T05:00:00.000000+00:00',NULL);
INSERT INTO "users" VALUES('budi','Budi','opd','damkar','$argon2id$v=19$m=65536,t=3,p=4$GfM05jFqUU15cqlQrc2m3g$MEi4oful/pEcN/n1MGEnbrhtfE1XWwy6B+Om/4mGIeo','2026-11-22T05:00:00.000000+00:00',NULL);
INSERT INTO "users" VALUES('dewi','Dewi','operator',NULL,'$argon2id$v=19$m=65536,t=3,p=4$9RllMM7o7k1+fCtDg2vvXg$1cLx3D6uQV7/6tkSjGcDojrTXgkijhDLzijHltBErwM','2026-11-22T05:00:00.000000+00:00',NULL);
INSERT INTO "users" VALUES('komando','Komando','command',NULL,'$argon2id$v=19$m=65536,t=3,p=4$fJgVLNfvpYZscYl/8yGYLA$n62Tpf3HzwZ0vKlHgi4elAaVHuYuBWVU4qjAwS2DfzQ','2026-11-22T05:00:00.000000+00:00',NULL);
INSERT INTO "users" VALUES('sari','Sari','operator',NULL,'$argon2id$v=19$m=65536,t=3,p=4$hqbPSQtJGzwDFuiYOwO/qw$Od3nUdbgf0N7hgv4Yc6+z2Jd6wGAnanT+3Jm5QypmwQ','2026-11-22T05:00:00.000000+00:00',NULL);
CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets(number),
    call TEXT REFERENCES calls(id),
    number TEXT,
    hash TEXT,
    key TEXT,
    verdict TEXT NOT NULL CHECK (verdict IN ('genuine', 'prank', 'information', 'silent')),
    called_at TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT,
    replaces INTEGER REFERENCES verdicts(id),
    replaced_at TEXT
) STRICT;
INSERT INTO "verdicts" VALUES(1,'T-20261122-0001','c-over1','+62812345678011','e3ff8651a0ecc35c41f0a932f64944f0fa2b591016037387c449469f86d0a087','15316122','genuine','2026-11-22T05:00:00.002000+00:00','2026-11-22T05:00:00.000000+00:00','sari',NULL,NULL,NULL);
INSERT INTO "verdicts" VALUES(2,'T-20261122-0003','c-over3',NULL,'935b4135d9a1b1f3f788166959530a293dc677fbf159f54050473bc121768685','15316122','prank','2026-11-22T05:02:00.006000+00:00','2026-11-22T05:00:00.000000+00:00','dewi','main-main',NULL,NULL);
CREATE TABLE wadul_outbox (
    id INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES complaints(ticket),
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    claimed_by TEXT,
    lease_until TEXT,
    sent_at TEXT,
    dead_at TEXT
) STRICT;
INSERT INTO "wadul_outbox" VALUES(1,'T-20261122-0002','filed','masuk','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "wadul_outbox" VALUES(2,'T-20261122-0002','moved','diteruskan','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "wadul_outbox" VALUES(3,'T-20261122-0002','complaint.filed','diteruskan','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00','2026-11-22T05:00:00.000000+00:00',0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE wadul_received (signature TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX journal_ticket ON journal(ticket) WHERE ticket IS NOT NULL;
CREATE INDEX journal_call ON journal(call) WHERE call IS NOT NULL;
CREATE INDEX calls_live ON calls(arrived_at) WHERE ended_at IS NULL;
CREATE INDEX calls_arrived ON calls(arrived_at);
CREATE INDEX tickets_created ON tickets(created_at);
CREATE INDEX tickets_open ON tickets(created_at) WHERE status IN ('open', 'dispatched');
CREATE UNIQUE INDEX assignments_once ON assignments(ticket, opd) WHERE ended_at IS NULL;
CREATE INDEX assignments_open ON assignments(opd) WHERE ended_at IS NULL;
CREATE INDEX assignments_ticket ON assignments(ticket);
CREATE INDEX pushes_due ON pushes(due_at) WHERE done_at IS NULL;
CREATE INDEX pushes_assignment ON pushes(assignment);
CREATE INDEX attempts_assignment ON attempts(assignment);
CREATE INDEX attachments_assignment ON attachments(assignment);
CREATE INDEX callbacks_open ON callbacks(created_at) WHERE done_at IS NULL;
CREATE INDEX pushes_claimed ON pushes(claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX attempts_contact ON attempts(contact, channel, started_at);
CREATE INDEX calls_number ON calls(number, arrived_at, lasted_s) WHERE number IS NOT NULL;
CREATE INDEX calls_trunk ON calls(trunk, arrived_at, lasted_s) WHERE trunk IS NOT NULL;
CREATE UNIQUE INDEX verdicts_present ON verdicts(ticket) WHERE replaced_at IS NULL;
CREATE INDEX verdicts_ticket ON verdicts(ticket);
CREATE INDEX verdicts_hash ON verdicts(hash, called_at, verdict) WHERE replaced_at IS NULL AND hash IS NOT NULL;
CREATE INDEX verdicts_number ON verdicts(number) WHERE number IS NOT NULL;
CREATE INDEX callback_tries_task ON callback_tries(task);
CREATE INDEX callback_tries_live ON callback_tries(started_at) WHERE ended_at IS NULL;
CREATE INDEX callbacks_number ON callbacks(number) WHERE done_at IS NULL;
CREATE UNIQUE INDEX sessions_id ON sessions(id);
CREATE INDEX sessions_former ON sessions(former_hash) WHERE former_hash IS NOT NULL;
CREATE INDEX sessions_user ON sessions(user);
CREATE INDEX links_assignment ON links(assignment);
CREATE INDEX complaints_open ON complaints(filed_at) WHERE ended_at IS NULL;
CREATE INDEX complaints_ended ON complaints(ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX wadul_outbox_waiting ON wadul_outbox(ticket, id) WHERE sent_at IS NULL;
CREATE INDEX wadul_outbox_due ON wadul_outbox(due_at) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX replies_at ON replies(at);
CREATE INDEX merges_master ON merges(master);
CREATE INDEX test_pushes_run ON test_pushes(run);
CREATE INDEX test_pushes_waiting ON test_pushes(due_at) WHERE state = 'waiting';
CREATE INDEX test_pushes_page ON test_pushes(answer_until) WHERE channel = 'page';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('journal',102);
COMMIT;
