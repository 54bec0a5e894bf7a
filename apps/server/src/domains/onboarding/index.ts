export { createMember, createWorkspace } from './create-workspace.ts';
