/** Lost and late answers, a session that ends inside of a dialog, and a clock that is wrong. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { hasHeading, open, type Step, settle, type Tour } from '../step.ts'

const RULE = 'old-release-job'

/** Changes a lifetime of the document and opens the dialog. */
async function openApply(tour: Tour, before: string, after: string): Promise<void> {
  const { page } = tour
  await open(tour, '/trust')
  await page.getByLabel('Plain text field').check()
  const field = page.getByRole('textbox', { name: 'Trust document' })
  const text = await field.inputValue()
  assert.ok(text.includes(before), `the document has no ${before}`)
  await field.fill(text.replace(before, after))
  await page.locator('.editor-state').getByText('1 change').waitFor()
  await page.getByRole('button', { name: 'Apply…' }).click()
  await page.getByRole('dialog').getByLabel('Message', { exact: true }).fill('the browser check')
}

const submit = (page: Page) =>
  page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click()

/** The gateway applies the document, and the browser does not hear of it. */
async function loseAnswer(page: Page): Promise<void> {
  await page.route(
    '**/api/v1/trust?message=*',
    async (route) => {
      await route.fetch()
      await route.abort()
    },
    { times: 1 },
  )
  await submit(page)
  await page.getByRole('dialog').getByText('The gateway did not answer.').waitFor()
}

export const TIMING: readonly Step[] = [
  {
    name: 'an apply whose answer was lost is found in force by the next attempt',
    expected: /net::ERR_|status of 412/,
    run: async (tour) => {
      const { page } = tour
      await openApply(tour, 'max_lifetime: 15m', 'max_lifetime: 14m')
      await loseAnswer(page)
      await submit(page)
      await page
        .getByText(/^Your text is in force: revision \d+ has the same document\.$/)
        .waitFor()
      await page.locator('.editor-state').getByText('No changes.').waitFor()
    },
  },
  {
    name: 'a draft whose apply was lost is no draft after a reload',
    expected: /net::ERR_/,
    run: async (tour) => {
      const { page } = tour
      await openApply(tour, 'max_lifetime: 14m', 'max_lifetime: 15m')
      await loseAnswer(page)
      await page.reload()
      await settle(page)
      await page.locator('.editor-state').getByText('No changes.').waitFor()
      assert.equal(await page.getByText('Nothing was applied').count(), 0)
    },
  },
  {
    name: 'a session that ends inside of a dialog is renewed from there, and the dialog goes on',
    run: async (tour) => {
      const { page, context } = tour
      await openApply(tour, 'max_lifetime: 15m', 'max_lifetime: 14m')
      await context.clearCookies({ name: '__Host-edgemint' })
      await submit(page)
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Your session has ended.').waitFor()
      const [tab] = await Promise.all([
        context.waitForEvent('page'),
        dialog.getByRole('link', { name: 'Sign in again (new tab)' }).click(),
      ])
      await tab.getByText('ada').first().click()
      await hasHeading(tab, 'You are signed in')
      await tab.close()
      await page.locator('main').getByText('Your session has ended. This page').waitFor({
        state: 'detached',
      })
      await submit(page)
      await page.getByText(/^Applied as revision \d+\.$/).waitFor()
    },
  },
  {
    name: 'the page of a rule leads to its revocation, and a double click lifts it once',
    run: async (tour) => {
      const { page } = tour
      await open(tour, `/rules/${RULE}`)
      await page.getByRole('link', { name: 'Revoke its tokens' }).click()
      await hasHeading(page, 'Revocations')
      await page.getByRole('button', { name: 'Count first' }).click()
      await page.getByLabel('Reason', { exact: true }).fill('the browser check')
      await page.getByRole('button', { name: 'Revoke now' }).click()
      const row = page.getByRole('row', { name: new RegExp(RULE) })
      await row.getByRole('button', { name: /^Lift/ }).click()
      let requests = 0
      const answered = Promise.withResolvers<void>()
      await page.route('**/revocations/lift', async (route) => {
        requests += 1
        await answered.promise
        await route.continue()
      })
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Reason', { exact: true }).fill('it was a check')
      await dialog.getByRole('button', { name: 'Lift', exact: true }).dblclick()
      await dialog.getByRole('button', { name: 'Lifting…' }).waitFor()
      await page.keyboard.press('Escape')
      assert.equal(await dialog.count(), 1, 'the dialog does not wait for the answer')
      answered.resolve()
      await row.getByText('goes on').waitFor()
      assert.equal(requests, 1)
      await page.unroute('**/revocations/lift')
    },
  },
  {
    name: 'a filter of the address is in the form, so that the next search has it too',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions?outcome=denied')
      assert.equal(await page.getByLabel('Outcome').inputValue(), 'denied')
      await page.getByLabel('Issuer').fill('github')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.waitForURL(/outcome=denied&issuer=github$/)
    },
  },
  {
    name: 'a browser whose clock is two hours ahead does not say that the session has ended',
    run: async ({ page, context, world }) => {
      const other = await context.newPage()
      await other.clock.setFixedTime(Date.now() + 7_200_000)
      await other.goto(`${world.console}rules`)
      await settle(other)
      await other.getByRole('row', { name: new RegExp(RULE) }).waitFor()
      assert.equal(await other.getByText(/^Your session/).count(), 0)
      await other.close()
      await page.bringToFront()
    },
  },
  {
    name: 'a page is printed dark on light, also in the dark theme',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/rules')
      await page.evaluate(() => {
        document.documentElement.dataset.theme = 'dark'
      })
      await page.emulateMedia({ media: 'print' })
      const colour = await page.evaluate(() => getComputedStyle(document.body).color)
      const navigation = await page.locator('#navigation').isVisible()
      await page.emulateMedia({ media: 'screen' })
      assert.deepEqual([colour, navigation], ['rgb(27, 33, 38)', false])
    },
  },
]
