// @ts-check
// Names of people: pages show them, never a login.

/**
 * The name of a login, or the title of a contact; one that was added since the page was opened stays a login.
 * @param {Pick<Reference, "contacts" | "people"> | null | undefined} reference
 * @param {string | null | undefined} login
 */
export const nameOf = (reference, login) => (login && (reference?.people?.[login] || reference?.contacts?.[login]))
  || login || "";
