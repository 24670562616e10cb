/** The whole console: what is shown depends on the sign-in and on the path. */
import { Broken } from '../parts/broken.tsx'
import { Loading } from '../parts/states.tsx'
import { signIn } from '../session/session.ts'
import { SignInPage } from '../session/sign-in-page.tsx'
import { SHELL } from '../texts/shell.ts'
import { Frame } from './frame.tsx'
import { NotFound } from './not-found.tsx'
import { PageView } from './page-view.tsx'
import { usePlace } from './router.tsx'
import { findRoute } from './routing.ts'
import { useStore } from './store.ts'

export function App() {
  const state = useStore(signIn)
  const place = usePlace()
  if (state.state === 'loading') return <Loading what={SHELL.loadingPage} />
  if (state.state !== 'signed_in') return <SignInPage state={state} />
  const found = findRoute(place.path)
  return (
    <Frame key={state.session.subject} state={state} path={place.path}>
      <Broken key={place.path}>
        {found === undefined ? (
          <NotFound />
        ) : (
          <PageView
            key={found.route.pattern}
            route={found.route}
            params={found.params}
            query={place.query}
            session={state.session}
          />
        )}
      </Broken>
    </Frame>
  )
}
