/** Renders the times of the audit commands. */

/** `2027-03-01T12:00:00Z`. */
export function renderSeconds(seconds: number): string {
  return Number.isFinite(seconds)
    ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
    : 'never'
}
