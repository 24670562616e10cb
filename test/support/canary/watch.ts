/**
 * Searches texts for the canary. Every watcher passes its texts to `look`, and the test in which
 * something was found fails (`report.ts`). Keeps names and counts, but no texts.
 */
import { type Sighting, seeCanary, seeSecret } from './canary.ts'

/** The kinds of searched text. Counts are per kind. */
export const PLACES = ['log lines', 'answers', 'stored rows', 'lines of programs'] as const
export type Place = (typeof PLACES)[number]
export type Counts = Readonly<Record<Place, number>>

const counts = noneYet()
const sightings = new Set<string>()

export function noneYet(): Record<Place, number> {
  return { 'log lines': 0, answers: 0, 'stored rows': 0, 'lines of programs': 0 }
}

type Look = (text: string) => Sighting | undefined

/** Searches for any token, any key and the canary. `where` describes the text. */
export function look(place: Place, where: string, text: string): void {
  lookWith(seeSecret, place, where, text)
}

/** Searches a text that can contain tokens, only for the canary. */
export function lookForCanary(place: Place, where: string, text: string): void {
  lookWith(seeCanary, place, where, text)
}

function lookWith(see: Look, place: Place, where: string, text: string): void {
  counts[place] += 1
  const seen = see(text)
  if (seen !== undefined) sightings.add(`${seen} in ${place}: ${where}`)
}

/** Returns what was found since the last call. */
export function takeSightings(): readonly string[] {
  const taken = [...sightings]
  sightings.clear()
  return taken
}

/** Returns the counts since the last call. */
export function takeCounts(): Counts {
  const taken = { ...counts }
  Object.assign(counts, noneYet())
  return taken
}
