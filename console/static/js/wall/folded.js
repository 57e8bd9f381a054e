// @ts-check
// Rows of the wall that say the same are one row: callers of whom nothing is known but that they hung up.

const FEW = 3; // so many or more are one row

/** @param {Ticket} row */
const bare = (row) => ["abandoned", "cut"].includes(row.outcome || "") && row.status === "open" && !row.category
  && !row.description && !row.address && !row.desa && !row.kecamatan && !row.merged && !row.assignments.length
  && !row.unsent_since;

/**
 * The rows in their order; in the place of the first caller who gave up stand all of them as one list.
 * @param {Ticket[]} rows
 * @returns {(Ticket | Ticket[])[]}
 */
export function folded(rows) {
  const group = rows.filter(bare);
  if (group.length < FEW) return rows;
  const place = rows.indexOf(group[0]);
  return [...rows.slice(0, place), group, ...rows.slice(place).filter((row) => !bare(row))];
}
