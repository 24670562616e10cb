/** A session that ends while a page is open. */
import assert from 'node:assert/strict'
import { hasHeading, open, type Step, settle } from '../step.ts'

export const SESSION: readonly Step[] = [
  {
    name: 'when the session ends, the page keeps what the user typed until he signs in again',
    run: async (tour) => {
      const { page, context } = tour
      await open(tour, '/decisions')
      await page.getByLabel('Subject').fill('typed before the end')
      await context.clearCookies({ name: '__Host-edgemint' })
      await page.getByRole('button', { name: 'Follow live' }).click()
      await page.getByText('Your session has ended. This page keeps what you typed.').waitFor()
      assert.equal(await page.getByLabel('Subject').inputValue(), 'typed before the end')
      const [tab] = await Promise.all([
        context.waitForEvent('page'),
        page.getByRole('link', { name: 'Sign in again (new tab)' }).click(),
      ])
      await tab.getByText('ada').first().click()
      await hasHeading(tab, 'You are signed in')
      await page.getByText('Your session has ended. This page').waitFor({ state: 'detached' })
      assert.equal(await page.getByLabel('Subject').inputValue(), 'typed before the end')
      await tab.close()
      await settle(page)
      await page.getByText('Your session has ended').waitFor({ state: 'detached' })
    },
  },
  {
    name: 'signing out in one tab closes the pages of the other',
    run: async (tour) => {
      const { page, context } = tour
      await open(tour, '/rules')
      const other = await context.newPage()
      await other.goto(`${tour.world.console}keys`)
      await other.getByRole('button', { name: 'Account' }).click()
      await other.getByRole('button', { name: 'Sign out' }).click()
      await hasHeading(other, 'Sign in')
      await hasHeading(page, 'Sign in')
      await other.getByRole('link', { name: 'Sign in' }).click()
      await other.getByText('grace').first().click()
      await hasHeading(other, 'Keys')
      await other.close()
      await open(tour, '/rules')
    },
  },
  {
    name: 'a tab shows the person who signed in last in this browser',
    run: async (tour) => {
      const { page, context } = tour
      await open(tour, '/rules')
      await page.getByRole('button', { name: 'Account' }).click()
      await page.locator('#account').getByText('people:grace').waitFor()
      const other = await context.newPage()
      await other.goto(`${tour.world.console}login?return_to=/console/keys`)
      await other.getByText('ada').first().click()
      await hasHeading(other, 'Keys')
      await other.close()
      await page.getByRole('button', { name: 'Account' }).click()
      await page.locator('#account').getByText('people:ada').waitFor()
    },
  },
]

export const NOT_SET_UP: readonly Step[] = [
  {
    name: 'a gateway without ADMIN_LOGIN says in one sentence what to set',
    run: async (tour) => {
      await open(tour, '/rules')
      await hasHeading(tour.page, 'Sign-in is not set up')
      await tour.page.getByText(/^Set ADMIN_LOGIN to the issuer and the client id/).waitFor()
    },
  },
]
