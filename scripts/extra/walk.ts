/**
 * Does in an empty folder exactly what "Your first gateway" says: runs its commands in order, and looks
 * into the console with Chromium where the page sends its reader. Prints how long each step takes, and
 * fails if a step fails or if the first exchange is seen later than the page promises. Needs the ports
 * of the page, and npm's registry.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { readBlocks } from '../../test/conformance/support/docs/pages.ts'
import { openWatched, startChromium } from './browser/chromium.ts'
import { startReader } from './walk/reader.ts'

const PAGE = 'docs/first-gateway.md'
/** The page says ten minutes for a person who reads. */
const MOST_SECONDS = 300
const CONSOLE = 'http://127.0.0.1:8787/console'

const root = join(import.meta.dirname, '../..')

/** What the page tells its reader to look at after a block, by the beginning of the block. */
type Sight = {
  readonly begins: RegExp
  readonly what: string
  readonly see: (page: Page) => Promise<void>
}

const SIGHTS: readonly Sight[] = [
  {
    begins: /^npx edgemint serve/,
    what: 'sign in to the console, and see the overview',
    see: async (page) => {
      await page.goto(CONSOLE)
      await page.getByRole('link', { name: 'Sign in' }).click()
      await page.getByText('ada').first().click()
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    },
  },
  {
    begins: /^curl [\s\S]*> issued\.jwt/,
    what: 'see the first exchange in the console',
    see: (page) => seeDecision(page, /granted[\s\S]*main-deploys|main-deploys[\s\S]*granted/),
  },
  {
    begins: /^curl [\s\S]*pull-request\.jwt/,
    what: 'see the refusal in the console',
    see: (page) => seeDecision(page, /denied/),
  },
]
const FIRST_EXCHANGE = SIGHTS[1]

/** An isolate sends its decisions within a second, so a reader may have to look twice. */
async function seeDecision(page: Page, row: RegExp): Promise<void> {
  await page.getByRole('link', { name: 'Decisions', exact: true }).click()
  for (let look = 0; look < 10; look += 1) {
    await page.waitForTimeout(1000)
    if ((await page.getByRole('row').filter({ hasText: row }).count()) > 0) return
    await page.reload()
  }
  throw new Error(`the console shows no decision like ${row.source}`)
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-walk-'))
const [tarball = ''] = execFileSync('npm', ['pack', '--silent', '--pack-destination', scratch], {
  cwd: root,
  encoding: 'utf8',
}).split('\n')
const browser = await startChromium()
const reader = startReader(scratch)
try {
  if (browser === undefined) process.exitCode = 1
  else await walk((await openWatched(browser)).page)
} catch (error) {
  console.error(`edgemint: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await reader.end()
  await browser?.close()
  rmSync(scratch, { recursive: true, force: true })
}

async function walk(page: Page): Promise<void> {
  const startedAt = Date.now()
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)
  let seenAt = Number.POSITIVE_INFINITY
  for (const { code, line } of readBlocks(PAGE).filter(({ language }) => language === 'sh')) {
    // The release under test is not in the registry yet.
    await reader.run(code.replace(/^npm install edgemint\b/, `npm install ./${tarball}`))
    console.log(`${seconds()} s  ${PAGE}:${line}  ${code.split('\n')[0]}`)
    const sight = SIGHTS.find(({ begins }) => begins.test(code))
    if (sight === undefined) continue
    await sight.see(page)
    console.log(`${seconds()} s  ${sight.what}`)
    if (sight === FIRST_EXCHANGE) seenAt = (Date.now() - startedAt) / 1000
  }
  if (seenAt <= MOST_SECONDS) return
  throw new Error(`the first exchange was not seen within ${MOST_SECONDS} seconds`)
}
