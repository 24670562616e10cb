/**
 * `npm run check:browser`: Chromium walks through the console of a real gateway with people of a dev
 * issuer. Fails on a step whose expectation does not hold, an error in the console of the browser, and
 * a violation of the Content Security Policy. Needs Chromium: `CHROMIUM` names another program than
 * /usr/bin/chromium. With arguments, only steps whose name has one of them run, after the sign-in.
 */
import type { Browser } from 'playwright-core'
import { openWatched, startChromium } from './chromium.ts'
import type { Step, Tour } from './step.ts'
import { ACCESSIBLE, ACCESSIBLE_SIGNED_OUT } from './steps/accessible.ts'
import { PLAYGROUND, POSTURE, REVOCATIONS } from './steps/change.ts'
import { DECISIONS } from './steps/decisions.ts'
import { EDITOR } from './steps/editor.ts'
import { FAILURES } from './steps/failures.ts'
import { KEYBOARD } from './steps/keyboard.ts'
import { MANY_RULES, READ } from './steps/read.ts'
import { SIGN_IN_WITH_FEW_SCOPES, WITHOUT_DECISIONS, WITHOUT_TRUST } from './steps/scopes.ts'
import { NOT_SET_UP, SESSION } from './steps/session.ts'
import { SIGN_IN, SIGN_OUT } from './steps/sign-in.ts'
import { TIMING } from './steps/timing.ts'
import { startWorld, type WorldOptions } from './world.ts'

type Part = {
  readonly world: WorldOptions
  /** These run in any case. */
  readonly first: readonly Step[]
  readonly steps: readonly Step[]
}

const PARTS: readonly Part[] = [
  {
    world: { document: { moreRules: 0 }, rounds: 10 },
    first: SIGN_IN,
    steps: [
      ...READ,
      ...FAILURES,
      ...DECISIONS,
      ...KEYBOARD,
      ...ACCESSIBLE,
      ...SESSION,
      ...SIGN_OUT,
    ],
  },
  {
    // These change the gateway, and the last one ends every session.
    world: { document: { moreRules: 0 }, rounds: 2 },
    first: SIGN_IN.slice(0, 2),
    steps: [...EDITOR, ...PLAYGROUND, ...POSTURE, ...REVOCATIONS],
  },
  {
    world: { document: { moreRules: 0 }, rounds: 1 },
    first: SIGN_IN.slice(0, 2),
    steps: TIMING,
  },
  {
    world: { document: { moreRules: 0 }, scopes: ['trust:read'] },
    first: SIGN_IN_WITH_FEW_SCOPES,
    steps: WITHOUT_DECISIONS,
  },
  {
    world: { document: { moreRules: 0 }, scopes: ['decisions:read'] },
    first: SIGN_IN_WITH_FEW_SCOPES,
    steps: WITHOUT_TRUST,
  },
  { world: { hasLogin: false }, first: [], steps: [...NOT_SET_UP, ...ACCESSIBLE_SIGNED_OUT] },
  { world: { document: { moreRules: 10_000 } }, first: SIGN_IN.slice(0, 2), steps: MANY_RULES },
]

const asked = process.argv.slice(2)
const isAsked = ({ name }: Step) =>
  asked.length === 0 || asked.some((text) => name.toLowerCase().includes(text.toLowerCase()))

let failures = 0

/** A step fails by its expectation, or by a fault on any page. */
async function runStep(step: Step, tour: Tour, takeFaults: () => readonly string[]): Promise<void> {
  let failure: string | undefined
  try {
    await step.run(tour)
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  const seen = takeFaults().filter((fault) => step.expected?.test(fault) !== true)
  const faults = [...(failure === undefined ? [] : [failure]), ...seen]
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${step.name}`)
  for (const fault of faults) console.log(`       ${fault.replaceAll('\n', '\n       ')}`)
  if (faults.length > 0) failures += 1
}

async function runPart(browser: Browser, { world: options, first, steps }: Part): Promise<void> {
  const chosen = steps.filter(isAsked)
  if (chosen.length === 0) return
  const world = await startWorld(options)
  const { context, page, takeFaults } = await openWatched(browser)
  page.setDefaultTimeout(15_000)
  try {
    for (const step of [...first, ...chosen]) {
      await runStep(step, { world, context, page }, takeFaults)
    }
  } finally {
    await context.close()
    await world.stop()
  }
}

const browser = await startChromium()
if (browser === undefined) process.exit(1)
try {
  for (const part of PARTS) await runPart(browser, part)
} finally {
  await browser.close()
}
console.log(failures === 0 ? '\nEvery step succeeded.' : `\n${failures} steps failed.`)
process.exitCode = failures === 0 ? 0 : 1
