import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What BI tools do by way of JDBC. Arguments: the URL of an admin, that of a reader. Prints a line for each step. */
public class BiTool {
    interface Step {
        Object take() throws Exception;
    }

    static void step(String name, Step step) {
        Object came;
        try {
            came = step.take();
        } catch (Exception failure) {
            came = failure.getClass().getSimpleName() + ": " + String.valueOf(failure.getMessage()).replace("\n", " ");
        }
        System.out.println(name + "\t" + came);
    }

    static List<List<Object>> rows(ResultSet from) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        int width = from.getMetaData().getColumnCount();
        while (from.next()) {
            List<Object> row = new ArrayList<>();
            for (int at = 1; at <= width; at++) row.add(from.getObject(at));
            rows.add(row);
        }
        from.close();
        return rows;
    }

    static List<Object> column(ResultSet from, String name) throws SQLException {
        List<Object> values = new ArrayList<>();
        while (from.next()) values.add(from.getObject(name));
        from.close();
        return values;
    }

    static List<List<Object>> asked(Connection db, String sql) throws SQLException {
        try (Statement statement = db.createStatement()) {
            return rows(statement.executeQuery(sql));
        }
    }

    public static void main(String[] urls) throws Exception {
        // Not closed: the driver complains then of what it keeps of rows that were not read to their end.
        Connection admin = DriverManager.getConnection(urls[0]);
        statements(admin);
        models(admin);
        parameters(admin);
        types(admin);
        metadata(admin.getMetaData());
        cancels(DriverManager.getConnection(urls[0]));
        try (Connection reader = DriverManager.getConnection(urls[1])) {
            step("reader selects", () -> asked(reader, "SELECT count(*) FROM customers"));
            step("reader trains", () -> reader.createStatement().execute("CREATE MODEL no PREDICT churned AS FROM customers"));
        }
        // Connections that are open keep threads.
        System.exit(0);
    }

    static void statements(Connection db) {
        step("select", () -> asked(db, "SELECT 42 AS a, 'it''s 🙂' AS b, NULL::INTEGER AS c"));
        step("create", () -> db.createStatement().executeUpdate("CREATE OR REPLACE TABLE bi (i INTEGER, s VARCHAR)"));
        step("insert", () -> db.createStatement().executeUpdate("INSERT INTO bi VALUES (1, 'a'), (2, NULL)"));
        step("batch", () -> {
            try (PreparedStatement insert = db.prepareStatement("INSERT INTO bi VALUES (?, ?)")) {
                for (int i = 3; i < 6; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "row " + i);
                    insert.addBatch();
                }
                return insert.executeBatch().length;
            }
        });
        step("inserted", () -> asked(db, "SELECT count(*), sum(i), count(s) FROM bi"));
        step("update", () -> db.createStatement().executeUpdate("UPDATE bi SET s = 'x' WHERE i > 2"));
        step("half read", () -> {
            try (Statement statement = db.createStatement()) {
                ResultSet many = statement.executeQuery("FROM range(10000000)");
                many.next();
                many.close();
            }
            return asked(db, "SELECT 'free'");
        });
        step("mistake", () -> asked(db, "SELECT nothing FROM customers"));
        step("misspelt", () -> db.createStatement().execute("CREATE MODLE m PREDICT churned AS FROM customers"));
    }

    static void models(Connection db) {
        String train = "CREATE OR REPLACE MODEL tool PREDICT churned WITH (max_trials = 1) AS SELECT age, churned FROM customers";
        step("train", () -> db.createStatement().execute(train));
        step("train told", () -> asked(db, train).get(0).subList(0, 4));
        step("score", () -> asked(db, "SELECT count(predicted_churned) FROM PREDICT(MODEL tool, TABLE customers)"));
        step("score all", () -> {
            try (Statement statement = db.createStatement()) {
                return column(statement.executeQuery("PREDICT tool FROM customers"), "predicted_churned_probability").size();
            }
        });
        step("evaluate", () -> {
            try (Statement statement = db.createStatement()) {
                return column(statement.executeQuery("EVALUATE tool"), "metric");
            }
        });
        step("list", () -> {
            try (Statement statement = db.createStatement()) {
                return column(statement.executeQuery("SHOW MODELS"), "name");
            }
        });
    }

    static void parameters(Connection db) {
        step("prepared", () -> {
            String sql = "SELECT ?::INTEGER, ?::VARCHAR, ?::DECIMAL(9, 3), ?::DATE, ?::TIMESTAMP, ?::INTEGER, ?::DOUBLE, ?::BOOLEAN";
            try (PreparedStatement statement = db.prepareStatement(sql)) {
                statement.setInt(1, 7);
                statement.setString(2, "o'clock; DROP TABLE customers --");
                statement.setBigDecimal(3, new BigDecimal("123.450"));
                statement.setDate(4, Date.valueOf("2026-02-28"));
                statement.setTimestamp(5, Timestamp.valueOf("2026-02-28 12:30:01.25"));
                statement.setNull(6, Types.INTEGER);
                statement.setDouble(7, 1.5);
                statement.setBoolean(8, true);
                ResultSet found = statement.executeQuery();
                found.next();
                return Arrays.asList(found.getInt(1), found.getString(2), found.getBigDecimal(3), found.getString(4),
                    found.getString(5), found.getObject(6), found.getDouble(7), found.getBoolean(8));
            }
        });
        step("predict prepared", () -> {
            String sql = "SELECT count(*) FROM PREDICT(MODEL tool, (FROM customers WHERE age < ?))";
            try (PreparedStatement statement = db.prepareStatement(sql)) {
                List<Object> found = new ArrayList<>();
                for (int age : new int[] {30, 10_000}) {
                    statement.setInt(1, age);
                    found.add(rows(statement.executeQuery()).get(0).get(0));
                }
                return (long) found.get(0) < (long) found.get(1);
            }
        });
    }

    static void types(Connection db) {
        step("list of numbers", () -> {
            try (Statement statement = db.createStatement()) {
                ResultSet found = statement.executeQuery("SELECT [1, 2, NULL] AS numbers");
                found.next();
                return Arrays.asList((Object[]) found.getArray(1).getArray());
            }
        });
        step("decimal", () -> asked(db, "SELECT 1.50::DECIMAL(9, 2)"));
        step("instant", () -> {
            try (Statement statement = db.createStatement()) {
                ResultSet found = statement.executeQuery("SELECT '2026-02-28 12:00:00+00'::TIMESTAMPTZ");
                found.next();
                return found.getString(1);
            }
        });
    }

    static void metadata(DatabaseMetaData about) {
        step("catalogs", () -> rows(about.getCatalogs()).size() > 0);
        step("schemas", () -> column(about.getSchemas(), "TABLE_SCHEM").contains("main"));
        step("tables", () -> column(about.getTables(null, "main", "%", new String[] {"TABLE", "VIEW"}), "TABLE_NAME"));
        step("models", () -> column(about.getTables(null, null, "%", new String[] {"MODEL"}), "TABLE_NAME"));
        step("columns", () -> column(about.getColumns(null, "main", "bi", "%"), "COLUMN_NAME"));
        step("keys", () -> column(about.getPrimaryKeys(null, "main", "a_b%c"), "COLUMN_NAME"));
        step("type names", () -> rows(about.getTypeInfo()).size() >= 0);
        step("every question", () -> {
            Set<String> failed = new TreeSet<>();
            for (Method method : DatabaseMetaData.class.getMethods()) {
                if (method.getParameterCount() > 0) continue;
                try {
                    Object answer = method.invoke(about);
                    if (answer instanceof ResultSet rows) rows.close();
                } catch (Exception failure) {
                    failed.add(method.getName());
                }
            }
            return failed;
        });
    }

    static void cancels(Connection db) {
        step("cancel", () -> {
            try (Statement statement = db.createStatement()) {
                ResultSet many = statement.executeQuery("FROM range(1000000000000)");
                for (int row = 0; row < 1000; row++) many.next();
                Thread canceller = new Thread(() -> {
                    try {
                        statement.cancel();
                    } catch (SQLException failure) {
                        System.err.println(failure);
                    }
                });
                canceller.start();
                try {
                    for (int row = 0; row < 100_000_000; row++) many.next();
                    return "never";
                } catch (SQLException | RuntimeException ended) {
                    // A row that was on its way fails with what the driver tells its own stream, not with its SQLException.
                    if (!Arrays.asList("Statement canceled", "Cancel").contains(ended.getMessage())) throw ended;
                    return "cancelled";
                } finally {
                    canceller.join();
                }
            }
        });
        step("after that", () -> asked(db, "SELECT 1"));
    }
}
