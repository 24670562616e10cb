/** Signing in at the provider, and out. */
import assert from 'node:assert/strict'
import { hasHeading, open, type Step, settle, tabTo } from '../step.ts'

export const SIGN_IN: readonly Step[] = [
  {
    name: 'without a session, the console offers to sign in and keeps the address',
    run: async (tour) => {
      await open(tour, '/rules?search=deploy')
      await hasHeading(tour.page, 'Sign in')
    },
  },
  {
    name: 'a person signs in at the provider and comes back to the page',
    run: async ({ page }) => {
      await page.getByRole('link', { name: 'Sign in' }).click()
      await page.getByText('ada').first().click()
      await hasHeading(page, 'Rules')
      assert.match(page.url(), /\/console\/rules\?search=deploy$/)
      await page.getByRole('button', { name: 'Account' }).click()
      await page.getByText('Signed in as').waitFor()
      assert.match(await page.locator('#account').innerText(), /owner/)
    },
  },
  {
    name: 'no script can read the session',
    run: async ({ page, context }) => {
      assert.equal(await page.evaluate(() => document.cookie), '')
      const cookie = (await context.cookies()).find(({ name }) => name === '__Host-edgemint')
      assert.deepEqual(
        [cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.path],
        [true, true, 'Strict', '/'],
      )
      const stored = await page.evaluate(() =>
        JSON.stringify({ ...localStorage, ...sessionStorage }),
      )
      assert.ok(!stored.includes(cookie?.value ?? '?'), 'the token is in the storage of the page')
    },
  },
  {
    name: 'a write with a foreign origin or without a session is refused',
    run: async ({ page, context, world }) => {
      const logout = `${world.console}logout`
      const origin = new URL(world.console).origin
      const foreign = await context.request.post(logout, {
        headers: { origin: 'https://evil.example' },
      })
      assert.equal(foreign.status(), 403)
      const without = await fetch(logout, { method: 'POST', headers: { origin } })
      assert.equal(without.status, 401)
      await page.reload()
      await hasHeading(page, 'Rules')
    },
  },
]

export const SIGN_OUT: readonly Step[] = [
  {
    name: 'the keyboard alone chooses a theme and signs out',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/keys')
      await tabTo(page, 'Account')
      await page.keyboard.press('Enter')
      await page.getByText('Signed in as').waitFor()
      const dark = page.getByRole('radio', { name: 'Dark' })
      while (!(await page.getByRole('radio').first().evaluate(isFocused))) {
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      assert.ok(await dark.isChecked())
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      await tabTo(page, 'Sign out')
      await page.keyboard.press('Enter')
      await hasHeading(page, 'Sign in')
    },
  },
  {
    name: 'after signing out, the cookie is gone, no page shows data, and the keyboard signs in again',
    run: async (tour) => {
      const cookies = await tour.context.cookies()
      assert.ok(!cookies.some(({ name }) => name === '__Host-edgemint'))
      const { page } = tour
      await open(tour, '/rules')
      await hasHeading(page, 'Sign in')
      await tabTo(page, 'Sign in')
      await page.keyboard.press('Enter')
      await page.getByText('grace').first().waitFor()
      // The page of the provider is not ours.
      await tabTo(page, /grace/i, { isOurs: false })
      await page.keyboard.press('Enter')
      await hasHeading(page, 'Rules')
      await settle(page)
    },
  },
]

const isFocused = (element: Element) => element === document.activeElement
