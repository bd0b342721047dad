package millrace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What consumers got. A record may come again after a lease has moved; what must hold is that each
 * comes, and that the first coming of each is in the order of its key.
 */
final class Ledger {
    private final Map<String, Integer> latest = new HashMap<>();
    private final Set<String> shards = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private int seen;
    private int repeated;

    synchronized void take(String shard, String text) {
        shards.add(shard);
        String key = text.substring(0, text.indexOf(' '));
        int number = Integer.parseInt(text.substring(key.length() + 1));
        int expected = latest.getOrDefault(key, -1) + 1;
        if (number < expected) {
            repeated++;
            return;
        }
        if (number > expected) {
            faults.add(text + " came on " + shard + " before " + expected);
        }
        latest.put(key, number);
        seen++;
    }

    synchronized int seen() {
        return seen;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    synchronized String summary() {
        return seen + " records of " + latest.size() + " keys from " + shards.size() + " shards, "
                + repeated + " of them again, " + faults.size() + " out of order or lost";
    }
}
