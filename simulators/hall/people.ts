/**
 * Invented people of the simulated hall: the staff, whom the clocks know.
 */
export interface Person {
  uid: number;
  userId: string;
  name: string;
}

const SURNAMES = ['张', '李', '王', '赵', '陈', '刘', '杨', '黄', '周', '吴', '欧阳', '司马'];
const GIVEN = ['伟', '芳', '敏', '静', '洋', '建国', '光明', '秀英', '晓东', '丽华'];
const FIRST_USER_ID = 1_001;
const STAFF_MAX = 300;

/** So many of them, always the same: every surname with every given name before one comes twice. */
export function staffOf(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const surname = SURNAMES[index % SURNAMES.length] ?? '';
    const given = GIVEN[(index + Math.floor(index / SURNAMES.length)) % GIVEN.length] ?? '';
    return { uid: index + 1, userId: String(FIRST_USER_ID + index), name: `${surname}${given}` };
  });
}

/** Whom every simulated clock knows. */
export const STAFF: readonly Person[] = staffOf(STAFF_MAX);
