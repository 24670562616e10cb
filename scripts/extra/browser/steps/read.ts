/** Reading: every page, hostile text, search and order, and many rules. */
import assert from 'node:assert/strict'
import { HOSTILE_OWNER, LONG_NAME } from '../document.ts'
import { hasHeading, open, type Step, settle, type Tour } from '../step.ts'

/** The names in the first column of links of the table of rules. */
const ruleNames = ({ page }: Tour) => page.locator('tbody th[scope=row] a').allInnerTexts()

export const READ: readonly Step[] = [
  {
    name: 'the overview shows health, exchanges, issuers, keys and the revision',
    run: async (tour) => {
      await open(tour, '/')
      const { page } = tour
      await page.getByText('Every part of the gateway is ready.').waitFor()
      await page.getByText('1, in force').waitFor()
      await page.getByText('The keys of 5 issuers are usable.').waitFor()
      await page.getByText('Signing with ES256').waitFor()
      assert.ok(
        await page.getByRole('img', { name: /Exchanges over time: \d+ granted/ }).isVisible(),
      )
      assert.ok((await page.locator('.chart canvas').count()) === 1)
      await page.getByText('Show the numbers as a table').click()
      const rows = page.getByRole('region', { name: 'Exchanges' }).locator('tbody tr')
      assert.ok((await rows.count()) >= 24)
      await page.getByLabel('Period').selectOption({ label: 'Last 31 days' })
      await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length > 100)
    },
  },
  {
    name: 'with forced colours, the chart and its legend still tell the outcomes apart',
    run: async (tour) => {
      const { page } = tour
      await page.emulateMedia({ forcedColors: 'active' })
      await open(tour, '/')
      await page.locator('.chart canvas').waitFor()
      assert.equal(await page.evaluate(countSwatchColours), 3)
      assert.ok((await page.evaluate(countChartColours)) >= 2, 'granted and denied look the same')
      await page.emulateMedia({ forcedColors: 'none' })
    },
  },
  {
    name: 'the rules have owner, end, last use and findings, and hostile text stays text',
    run: async (tour) => {
      await open(tour, '/rules')
      const { page } = tour
      assert.equal((await ruleNames(tour)).length, 8)
      const row = page.getByRole('row', { name: new RegExp(LONG_NAME) })
      assert.ok((await row.innerText()).includes(HOSTILE_OWNER))
      assert.equal(await page.locator('main img').count(), 0)
      const main = page.getByRole('row', { name: /deploy-api-from-main/ })
      assert.match(await main.innerText(), /platform@example\.com[\s\S]*in \d+ months[\s\S]*ago/)
      await page.getByText('1 warning').first().waitFor()
    },
  },
  {
    name: 'the rules can be searched, filtered and sorted, and the address has it all',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/rules')
      await page.getByLabel('Search').fill('payments')
      await page.getByText('1 of 8 rules').waitFor()
      assert.deepEqual(await ruleNames(tour), ['read-ledger-from-worker'])
      await page.getByLabel('Search').fill('')
      await page.getByLabel('Show').selectOption({ label: 'Deny' })
      await page.getByText('1 of 8 rules').waitFor()
      await page.getByLabel('Show').selectOption({ label: 'All rules' })
      await page.getByRole('button', { name: 'Name' }).click()
      await page.getByRole('button', { name: 'Name' }).click()
      await page.locator('th[aria-sort=descending]').waitFor()
      const names = await ruleNames(tour)
      assert.deepEqual(names, names.toSorted().reverse())
      await page.reload()
      await settle(page)
      assert.deepEqual(await ruleNames(tour), names)
    },
  },
  {
    name: "a rule's page shows who used it, for what and when, its text and its decisions",
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/rules')
      await page.getByRole('link', { name: 'deploy-api-from-main' }).click()
      await hasHeading(page, 'Rule deploy-api-from-main')
      await settle(page)
      const users = page.getByRole('region', { name: 'Subjects that got tokens by this rule' })
      assert.match(await users.innerText(), /repo:acme[\s\S]*deploy:read deploy:write/)
      await page.getByText('subject: github:{repository_id}:{environment}').waitFor()
      const decisions = page.getByRole('region', { name: 'Decisions, the newest first' })
      assert.equal(await decisions.locator('tbody tr').count(), 10)
    },
  },
  {
    name: 'a time shows UTC on focus, and Escape hides it',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/rules/deploy-api-from-main')
      await page.locator('main time[tabindex]').first().focus()
      await page.keyboard.press('Shift+Tab')
      await page.keyboard.press('Tab')
      const tip = page.getByRole('tooltip')
      assert.match(await tip.innerText(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
      await page.keyboard.press('Escape')
      assert.ok(await tip.isHidden())
    },
  },
  {
    name: 'the issuers and the keys of the gateway are readable',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/')
      await page.getByRole('link', { name: 'Issuers', exact: true }).click()
      await hasHeading(page, 'Issuers')
      await settle(page)
      assert.match(await page.getByRole('row', { name: /^github/ }).innerText(), /fresh/)
      await page.getByRole('link', { name: 'Keys', exact: true }).click()
      await hasHeading(page, 'Keys')
      await settle(page)
      await page.getByText('SIGNING_KEY_LOCAL_RS256').waitFor()
      await page.goBack()
      await hasHeading(page, 'Issuers')
    },
  },
  {
    name: 'an address that no page has says so',
    run: async (tour) => {
      await open(tour, '/nothing/here')
      await hasHeading(tour.page, 'Page not found')
    },
  },
]

export const MANY_RULES: readonly Step[] = [
  {
    name: '10,000 rules are shown in pages, and the search finds one of them',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/rules')
      await page.getByText('10,008 rules').waitFor()
      assert.equal((await ruleNames(tour)).length, 100)
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByText('101–200 of 10,008').waitFor()
      await page.getByLabel('Search').fill('service-09999')
      await page.getByText('1 of 10,008 rules').waitFor()
      assert.deepEqual(await ruleNames(tour), ['service-09999'])
    },
  },
]

/** Runs in the page. */
function countSwatchColours(): number {
  const swatches = [...document.querySelectorAll('.swatch')]
  return new Set(swatches.map((one) => getComputedStyle(one).backgroundColor)).size
}

/** Runs in the page. Counts the colours of the bars: opaque, and of many pixels. Axes are grey or black. */
function countChartColours(): number {
  const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas')
  const context = canvas?.getContext('2d')
  if (!canvas || !context) return 0
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const pixels = new Map<string, number>()
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha] = data.slice(at, at + 4)
    const isColoured = Math.max(red, green, blue) - Math.min(red, green, blue) > 40
    if (alpha !== 255 || !isColoured) continue
    const colour = `${red} ${green} ${blue}`
    pixels.set(colour, (pixels.get(colour) ?? 0) + 1)
  }
  return [...pixels.values()].filter((count) => count > 50).length
}
