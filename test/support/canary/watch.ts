/**
 * Where the suite looks for its canary: every watcher hands what it sees to `look`, and the test in
 * which something was seen fails (`report.ts`). Keeps names and counts, no texts.
 */
import { type Sighting, seeCanary, seeSecret } from './canary.ts'

/** Where something is looked for; the counts are per place. */
export const PLACES = ['log lines', 'answers', 'stored rows', 'lines of programs'] as const
export type Place = (typeof PLACES)[number]
export type Counts = Readonly<Record<Place, number>>

const counts = noneYet()
const sightings = new Set<string>()

export function noneYet(): Record<Place, number> {
  return { 'log lines': 0, answers: 0, 'stored rows': 0, 'lines of programs': 0 }
}

type Look = (text: string) => Sighting | undefined

/** Looks for any token and any key, and for the canary; `where` names what the text is. */
export function look(place: Place, where: string, text: string): void {
  lookWith(seeSecret, place, where, text)
}

/** For a text that may hold tokens: the canary is looked for alone. */
export function lookForCanary(place: Place, where: string, text: string): void {
  lookWith(seeCanary, place, where, text)
}

function lookWith(see: Look, place: Place, where: string, text: string): void {
  counts[place] += 1
  const seen = see(text)
  if (seen !== undefined) sightings.add(`${seen} in ${place}: ${where}`)
}

/** What was seen since this was asked last. */
export function takeSightings(): readonly string[] {
  const taken = [...sightings]
  sightings.clear()
  return taken
}

/** How often was looked since this was asked last. */
export function takeCounts(): Counts {
  const taken = { ...counts }
  Object.assign(counts, noneYet())
  return taken
}
