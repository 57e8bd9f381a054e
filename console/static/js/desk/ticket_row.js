// @ts-check
// A whole ticket, as its page and the API show it, in the shape of a list's row, which the form takes.

/** @param {any} row @returns {Ticket} */
export const flat = (row) => ({ ...row, ...row.place, reporter_name: row.reporter.name,
  reporter_number: row.reporter.number, display: row.caller?.display, recording: row.caller?.recording || null,
  merged: row.merged.length });
