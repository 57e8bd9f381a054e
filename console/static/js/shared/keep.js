// Browser storage that may be shut or full: then nothing is kept, and nothing breaks.
export function recall(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* not kept */ }
}
