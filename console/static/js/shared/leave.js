// @ts-check
// Leaving a form, a shift or a session: whoever has something unsent on the screen may ask first.

/** @typedef {"F9" | "F8" | "keluar"} Way */

/**
 * Leaves by `go`, unless a listener of «leaving» wants to ask first; it calls `go` itself then.
 * @param {Way} way
 * @param {() => void} go
 */
export function leave(way, go) {
  if (dispatchEvent(new CustomEvent("leaving", { cancelable: true, detail: { way, go } }))) go();
}
