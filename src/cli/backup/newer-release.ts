/** Compares the release that made a backup with this one. */
import { RELEASE } from '../../protocol/release.ts'

/** Whether a release is later than this one. Text of another form counts as later. */
export function isNewerRelease(release: string, own: string = RELEASE): boolean {
  const [theirs, ours] = [release, own].map(parse)
  if (theirs === undefined || ours === undefined) return true
  const difference = theirs.map((number, at) => number - (ours[at] ?? 0)).find((one) => one !== 0)
  return difference !== undefined && difference > 0
}

function parse(release: string): readonly number[] | undefined {
  const numbers = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(release)?.slice(1)
  return numbers?.map(Number)
}
