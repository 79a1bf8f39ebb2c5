"""What DESCRIBE MODEL says is true of the model."""

import sqlml


def test_the_expression_of_each_feature_can_be_run_as_it_stands(db: sqlml.Connection) -> None:
    features = [row for row in db.execute("DESCRIBE MODEL churn").fetchall() if row[0] == "feature"]
    assert [(name, kind) for _, name, kind, _ in features] == [("age", "number"), ("plan", "category")]
    values = ", ".join(expression for *_, expression in features)
    for row in db.execute(f"SELECT {values} FROM customers AS input").fetchall():
        assert all(isinstance(value, float) for value in row)


def test_what_the_model_is_made_of_is_said(db: sqlml.Connection) -> None:
    about = {name: detail for part, name, _, detail in db.execute("DESCRIBE MODEL churn").fetchall() if part == "model"}
    kept = db.execute("SELECT learner, detail FROM sqlml.targets").fetchone()
    assert (about["learner"], about["made of"]) == kept
    assert about["made of"]
