import pytest

from seriesbox.algorithm import predictor_class
from seriesbox.errors import HyperparameterError

CNN = predictor_class("cnn-kmeans").Hyperparameters
LSTM = predictor_class("lstm-ad").Hyperparameters


def test_the_defaults_are_the_published_ones_beside_our_own():
    assert CNN.parse({}).to_dict() == {
        "clusters": 8,
        "max-clusters": 20,
        "algorithm": "lloyd",
        "blocks": 10,
        "filters": 40,
        "kernel-size": 3,
        "reduced-size": 160,
        "output-size": 320,
        "negative-samples": 10,
        "scaling": "dataset",
        "features": "halves",
        "lr": 0.001,
        "batch-size": 10,
        "epochs": 100,
        "min-updates": 0,
        "patience": 0,
        "max-seconds": 0,
        "seed": 0,
        "verbose": "false",
        "false-alarm-rate": 0.001,
        "header": "absent",
        "id-columns": 0,
    }


@pytest.mark.parametrize("written", ["true", "True", '"true"', True])
def test_a_switch_may_be_written_in_every_sdks_way(written):
    assert CNN.parse({"verbose": written}).verbose == "true"


@pytest.mark.parametrize("written", ["20", "20.0", '"20"', " 20 ", "2e1", 20, 20.0])
def test_a_whole_number_may_be_written_in_every_sdks_way(written):
    assert CNN.parse({"epochs": written}).epochs == 20


@pytest.mark.parametrize("written", ["", "None", "null", None])
def test_an_absent_value_is_the_default(written):
    assert CNN.parse({"epochs": written}).epochs == 100


@pytest.mark.parametrize("written", ["elkan", '"elkan"', " elkan "])
def test_words_may_be_quoted(written):
    assert CNN.parse({"algorithm": written}).algorithm == "elkan"


@pytest.mark.parametrize("written", ["true", "True", "20.5", "many", "nan", "[1]", "{}"])
def test_what_is_no_whole_number_is_refused_by_name_and_value(written):
    with pytest.raises(HyperparameterError) as caught:
        CNN.parse({"epochs": written})
    assert str(caught.value) in (
        f"`epochs` must be a whole number, not {written!r}.",
        f"`epochs` must be a whole number, not {written}.",
    )


@pytest.mark.parametrize("written", ["nan", "NaN", "1e999", "-Infinity", "inf"])
def test_a_number_must_be_finite(written):
    with pytest.raises(HyperparameterError, match="`lr` must be a finite number, not"):
        CNN.parse({"lr": written})


def test_all_faults_are_in_one_message():
    with pytest.raises(HyperparameterError) as caught:
        LSTM.parse({"epochs": "0", "dropout": "1", "lr": "fast", "hiden-size": "32", "num_layers": "2"})
    message = str(caught.value)
    assert "`epochs` must be greater than or equal to 1, not 0." in message
    assert "`dropout` must be less than or equal to 0.99, not 1." in message
    assert "`lr` must be a number, not 'fast'." in message
    assert "Unknown hyperparameter `hiden-size`: did you mean `hidden-size`?" in message
    assert "num_layers" not in message  # the underscore is accepted


def test_a_boolean_is_no_number_and_limits_are_shown_in_full():
    with pytest.raises(HyperparameterError) as caught:
        CNN.parse({"epochs": True, "seed": "5000000000"})
    assert "`epochs` must be a whole number, not 'True'." in str(caught.value)
    assert "`seed` must be less than or equal to 4294967295, not 5000000000." in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"\ud800": 1}, "Unknown hyperparameter|must be"),
        ({"algorithm": "\ud800"}, "`algorithm` must be"),
        ({"lr": "9" * 400}, "`lr` must be"),
        ({"lr": "x" * 100_000}, "`lr` must be"),
        ({"kernel_size": "3", "kernel-size": "4"}, "`kernel-size` is given twice"),
        ({"epochs": "[" * 100_000}, "`epochs` must be"),
    ],
    ids=["no text", "no word", "huge", "long", "twice", "nested"],
)
def test_whatever_is_given_is_answered_with_a_short_sentence(given, message):
    with pytest.raises(HyperparameterError, match=message) as caught:
        CNN.parse(given)
    assert len(str(caught.value)) < 1024


def test_unknown_names_get_the_list_of_all_names_once():
    with pytest.raises(HyperparameterError) as caught:
        CNN.parse({f"xyz{i}": "1" for i in range(10)})
    assert str(caught.value).count("The hyperparameters are ") == 1
    assert len(str(caught.value)) < 1024


def test_values_survive_being_written_and_parsed():
    values = CNN.parse({"clusters": "3", "algorithm": "elkan", "lr": "0.01"})
    assert CNN.parse(values.to_dict()) == values


def test_every_declaration_has_a_range_a_sentence_and_a_default_within():
    for algorithm in (CNN, LSTM):
        for declaration in algorithm.declarations():
            assert declaration.range
            assert declaration.description.endswith(".")
        algorithm.parse({d.name: str(d.default) for d in algorithm.declarations()})


def test_one_cluster_is_refused_with_the_numbers_that_are_not():
    with pytest.raises(HyperparameterError, match=r"`clusters` must be 0, for a number .* data, or 2 to 1000, not 1"):
        CNN.parse({"clusters": "1"})
