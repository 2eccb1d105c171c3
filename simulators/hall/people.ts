/**
 * Invented people of the simulated hall.
 */
export const STAFF: readonly { uid: number; userId: string; name: string }[] = [
  '张三',
  '李四',
  '王芳',
  '赵敏',
  '欧阳建国',
  '陈静',
  '刘洋',
  '司马光明',
].map((name, index) => ({ uid: index + 1, userId: String(1_001 + index), name }));
