/** What a workspace's tickets are made of changed: fields, topics, statuses, tags. Whoever shows these loads them anew. */
export const settingsChanged = 'settings.changed';
