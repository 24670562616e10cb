/** What people see whose session does not have every scope. */
import assert from 'node:assert/strict'
import { hasHeading, open, type Step, type Tour } from '../step.ts'
import { checkAccessible } from './accessible.ts'

/** Opens the page, and expects one notice, with the scope and without advice for programs. */
async function expectOneNotice(tour: Tour, path: string, heading: string, scope: string) {
  await open(tour, path)
  await hasHeading(tour.page, heading)
  const notices = await tour.page.locator('.notice.bad').allInnerTexts()
  assert.equal(notices.length, 1, `${path} has ${notices.length} notices`)
  assert.ok(notices[0]?.includes(`This needs the scope ${scope}, which your role`), notices[0])
  await checkAccessible(tour)
}

const RULE = '/rules/deploy-api-from-main'
const DECISIONS = 'decisions:read'
const TRUST = 'trust:read'

export const WITHOUT_DECISIONS: readonly Step[] = [
  {
    name: 'without decisions:read, a page says once what is missing and shows the rest',
    run: async (tour) => {
      await expectOneNotice(tour, '/', 'Overview', DECISIONS)
      await tour.page.getByText('Every part of the gateway is ready.').waitFor()
      await expectOneNotice(tour, RULE, 'Rule deploy-api-from-main', DECISIONS)
      await tour.page.getByText('Must be').waitFor()
      await expectOneNotice(tour, '/decisions', 'Decisions', DECISIONS)
    },
  },
]

export const WITHOUT_TRUST: readonly Step[] = [
  {
    name: 'without trust:read, a page has its heading and says once what is missing',
    run: async (tour) => {
      await expectOneNotice(tour, '/', 'Overview', TRUST)
      await tour.page.getByText('Last 24 hours').waitFor({ state: 'attached' })
      await expectOneNotice(tour, '/trust', 'Trust document', TRUST)
      await expectOneNotice(tour, '/rules', 'Rules', TRUST)
      await expectOneNotice(tour, RULE, 'Rule deploy-api-from-main', TRUST)
      await expectOneNotice(tour, '/playground', 'Playground', TRUST)
      await expectOneNotice(tour, '/posture', 'Posture', TRUST)
      await expectOneNotice(tour, '/keys', 'Keys', TRUST)
    },
  },
]

/** As the first step of the other parts, but whoever signs in is no owner. */
export const SIGN_IN_WITH_FEW_SCOPES: readonly Step[] = [
  {
    name: 'a person with few scopes signs in',
    run: async (tour) => {
      await open(tour, '/signed-in')
      await tour.page.getByRole('link', { name: 'Sign in' }).click()
      await tour.page.getByText('grace').first().click()
      await hasHeading(tour.page, 'You are signed in')
    },
  },
]
