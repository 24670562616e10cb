/**
 * Starts the longest files first. A long file that starts last would run alone, while the other
 * core has nothing to do.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take more than ten seconds on two quiet cores, the longest first. */
export const LONGEST: readonly string[] = [
  'test/conformance/docs-commands.test.ts',
  'test/cli/workload/exec.test.ts',
  'test/conformance/durability.test.ts',
  'test/cli/workload/long-job.test.ts',
  'test/cli/operate/serve/state.test.ts',
  'test/conformance/soak.test.ts',
  'test/cli/operate/serve.test.ts',
  'test/action/front.test.ts',
  'test/package/install.test.ts',
  'test/cli/workload/proxy.test.ts',
  'test/conformance/docs-platforms.test.ts',
  'test/conformance/sources.test.ts',
  'test/conformance/matrix.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((left, right) => rankOf(left) - rankOf(right))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`))
  return rank === -1 ? LONGEST.length : rank
}
