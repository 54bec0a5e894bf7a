// Finds the Chromium that the end-to-end tests drive.
import { findTool } from './tools.mjs';

export function chromiumCommand() {
  return findTool({
    tool: 'Chromium',
    variable: 'CHROMIUM_PATH',
    commands: ['/usr/bin/chromium', 'chromium', 'chromium-browser', 'google-chrome'],
    packageName: 'chromium',
  });
}
