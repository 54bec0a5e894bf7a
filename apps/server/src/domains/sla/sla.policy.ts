import { NotPermitted } from '../../kernel/domain-error.ts';
import { may, type Viewer } from '../../kernel/viewer.ts';

/** What is promised to clients is changed by those who save settings; everybody may look. */
export function requireSlaSettings(viewer: Viewer): void {
  if (may(viewer, 'settings.save')) return;
  throw new NotPermitted('Saving SLA settings needs the permission "settings.save". Ask an administrator.');
}
