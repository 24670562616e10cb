/** Every page in both themes by axe-core, and in a narrow and a zoomed window. */
import assert from 'node:assert/strict'
import { findAxeFaults, findWidthFaults } from '../accessible.ts'
import { open, type Step, type Tour } from '../step.ts'

/** The pages that are looked at, by their addresses. */
const PAGES = [
  '/',
  '/rules',
  '/rules/deploy-api-from-main',
  '/rules/no-such-rule',
  '/decisions',
  '/decisions?outcome=denied&claim=repository_id=999',
  '/decisions?claim=nonsense',
  '/issuers',
  '/keys',
  '/trust',
  '/playground',
  '/revocations',
  '/revocations?grain=rule&name=deploy-api-from-main',
  '/posture',
  '/signed-in',
  '/nothing/here',
]

/** Throws with one line for each fault. */
export async function checkAccessible({ page }: Tour): Promise<void> {
  const faults = [...(await findAxeFaults(page)), ...(await findWidthFaults(page))]
  assert.deepEqual(faults, [])
}

export const ACCESSIBLE: readonly Step[] = [
  ...PAGES.map((path) => ({
    name: `${path} has no fault of accessibility, and fits 320 px and 200 %`,
    run: async (tour: Tour) => {
      await open(tour, path)
      await checkAccessible(tour)
    },
  })),
  {
    name: 'the page of a decision, the open details and the account have none either',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/decisions?outcome=denied')
      await page.locator('tbody th a').first().click()
      await page.getByText('Record as JSON').click()
      await checkAccessible(tour)
      await page.getByRole('button', { name: 'Account' }).click()
      await checkAccessible(tour)
    },
  },
]

export const ACCESSIBLE_SIGNED_OUT: readonly Step[] = [
  {
    name: 'the page without a session has no fault of accessibility',
    run: async (tour) => {
      await open(tour, '/')
      await checkAccessible(tour)
    },
  },
]
