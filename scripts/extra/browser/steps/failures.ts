/** What pages show when the gateway does not answer, or something else answers. */

import assert from 'node:assert/strict'
import { hasHeading, open, type Step, settle } from '../step.ts'
import { checkAccessible } from './accessible.ts'

const ISSUERS = '**/console/api/v1/issuers'
const ANY = '**/console/api/v1/**'
const SESSION = '**/console/session'
/** Each page that asks for something when it opens. */
const PAGES = [
  '/',
  '/rules',
  '/rules/deploy-api-from-main',
  '/decisions',
  '/decisions/dec_AAAAAAAAAAAAAAAAAAAAAA',
  '/issuers',
  '/keys',
  '/trust',
  '/playground',
  '/posture',
  '/revocations',
]

export const FAILURES: readonly Step[] = [
  {
    name: 'without an answer, a page says so and tries again on demand',
    expected: /net::ERR_/,
    run: async (tour) => {
      const { page } = tour
      await page.route(ISSUERS, (route) => route.abort())
      await open(tour, '/issuers')
      await page.getByText('The gateway did not answer.').waitFor()
      await checkAccessible(tour)
      await page.unroute(ISSUERS)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('row', { name: /^github/ }).waitFor()
    },
  },
  {
    name: 'the page of a proxy is not taken for an answer',
    expected: /status of 502/,
    run: async (tour) => {
      const { page } = tour
      const body = '<html><script>alert(1)</script></html>'
      await page.route(ISSUERS, (route) => route.fulfill({ status: 502, body }))
      await open(tour, '/issuers')
      await page.getByText('answered with status 502').waitFor()
      await page.unroute(ISSUERS)
    },
  },
  {
    name: 'other JSON in place of an answer is not taken for one, on any page',
    run: async (tour) => {
      const { page } = tour
      for (const body of ['{}', 'null', '[]']) {
        await page.route(ANY, (route) => route.fulfill({ status: 200, body }))
        for (const path of PAGES) {
          await open(tour, path)
          await page.getByText('answered with status 200').first().waitFor()
          assert.equal(await page.getByText('This page has a fault').count(), 0, path)
        }
        await page.unroute(ANY)
        await page.route(SESSION, (route) => route.fulfill({ status: 200, body }))
        await open(tour, '/')
        await page.getByText('answered with status 200').waitFor()
        await page.unroute(SESSION)
      }
    },
  },
  {
    name: 'without a part of its answers, the overview shows the rest',
    expected: /status of 503/,
    run: async (tour) => {
      const { page } = tour
      const problem = {
        type: 'urn:edgemint:problem:unavailable',
        title: 'Temporarily unavailable',
        status: 503,
        detail: 'the decision log did not answer',
      }
      const activity = '**/decisions/activity?*'
      await page.route(activity, (route) => route.fulfill({ status: 503, json: problem }))
      await open(tour, '/')
      await page.getByText('the decision log did not answer').waitFor()
      await page.getByText('Every part of the gateway is ready.').waitFor()
      await page.unroute(activity)
    },
  },
  {
    name: 'a page whose code cannot be loaded offers to load the console again',
    expected: /net::ERR_/,
    run: async (tour) => {
      const { page } = tour
      await page.route('**/assets/keys-*.js', (route) => route.abort())
      await open(tour, '/')
      await page.getByRole('link', { name: 'Keys', exact: true }).click()
      await page.getByText('This page could not be loaded').waitFor()
      await page.unroute('**/assets/keys-*.js')
      await page.getByRole('button', { name: 'Reload the page' }).click()
      await hasHeading(page, 'Keys')
      await settle(page)
    },
  },
]
