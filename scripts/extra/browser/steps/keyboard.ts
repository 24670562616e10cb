/** The keyboard alone: skip link, navigation, focus after a navigation, and tables. */
import assert from 'node:assert/strict'
import { focusedText, hasHeading, open, type Step, settle, tabTo } from '../step.ts'

export const KEYBOARD: readonly Step[] = [
  {
    name: 'the keyboard alone skips to the content and goes from page to page',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/')
      await page.keyboard.press('Tab')
      assert.equal(await focusedText(page), 'Skip to the content')
      await page.keyboard.press('Enter')
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'content')
      await page.reload()
      await settle(page)
      await tabTo(page, 'Rules')
      await page.keyboard.press('Enter')
      await hasHeading(page, 'Rules')
      assert.equal(await focusedText(page), 'Rules')
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1')
    },
  },
  {
    name: 'the keyboard alone sorts, opens a rule and one of its decisions',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/rules')
      await tabTo(page, /^Findings/)
      await page.keyboard.press('Enter')
      await page.locator('th[aria-sort=descending]').waitFor()
      await tabTo(page, 'deploy-api-from-main')
      await page.keyboard.press('Enter')
      await hasHeading(page, 'Rule deploy-api-from-main')
      await settle(page)
      while (!(await page.evaluate(() => document.activeElement?.matches('th > a:has(time)')))) {
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Enter')
      await hasHeading(page, /^Decision dec_/)
    },
  },
  {
    name: 'Tab passes through every page and leaves it',
    run: async (tour) => {
      for (const path of [
        ...['/', '/rules', '/playground', '/decisions'],
        ...['/revocations', '/posture', '/issuers', '/keys'],
      ]) {
        await open(tour, path)
        const count = await tour.page.evaluate(
          () =>
            document.querySelectorAll('a, button, input, select, [tabindex="0"], summary').length,
        )
        await tour.page.evaluate(() => document.body.focus())
        let hasLeft = false
        for (let presses = 0; presses < count + 5 && !hasLeft; presses += 1) {
          await tour.page.keyboard.press('Tab')
          hasLeft = await tour.page.evaluate(() => document.activeElement === document.body)
        }
        assert.ok(hasLeft, `${path} holds the focus`)
      }
    },
  },
]
