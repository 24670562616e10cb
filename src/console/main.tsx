/** The entry of the console: styles, theme, and the first render. */
import 'uplot/dist/uPlot.min.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/editor.css'
import { render } from 'preact'
import { loadSession, watchSession } from './session/session.ts'
import { App } from './shell/app.tsx'
import { applyStoredTheme } from './shell/theme.ts'
import { startTips } from './shell/tips.ts'

const place = document.getElementById('console')
if (place === null) throw new Error('index.html has no element with the id console')
applyStoredTheme()
startTips()
watchSession()
void loadSession()
render(<App />, place)
